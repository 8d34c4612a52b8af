"""Whether a deployment gives the same answer whoever asks, when, and beside what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from lib.deploy import STAGES, BadInput, Pipeline
from lib.deploy.difference import max_abs_difference
from lib.handoff import Handoff
from lib.inputs.deployment import Brought, Deployment, taken
from lib.policy import Policy
from lib.report.checks import Checks
from lib.studies.robustness.over_time import Soak, difference_of, photos_of, soak

PHOTOS = 8  # the first ones of a run
BATCHES = (2, 3, 4, 5, 6, 7, 8, 32)  # sizes, and one drawn from these:
DRAWN_BATCHES = (9, 25)
MIXED = (0, 1, 0, 2, 1, 0)  # inputs of one more batch: some of them again, and in no order
THREADS = 4
CROWD = 24  # small photos that are asked for at about the same time
TURNS = 3  # photos whose stages take turns
COPIED = 2  # photos that a copy of the process answers
UNREADABLE = b"this is no picture"
SOAKED = ("soak", "memory", "handles", "slower")  # names of checks
PYTORCH = ("torch",)  # what cannot be imported where operations run

Answers = Sequence[NDArray[np.float32] | BadInput]


@dataclass(frozen=True)
class Case:
    """The same photos asked in another way.

    Attributes:
        worst: the largest difference from the answers of the first time, in probability, or in logits where inputs come in a
            batch; infinite where there is no answer.
        compared: how many answers.
        off: names of the photos, or sizes of the batches, that were answered otherwise, with the reason where it is known.
        skipped: why nothing could be compared, or empty.
    """

    worst: float
    compared: int
    off: tuple[str, ...]
    skipped: str = ""


@dataclass(frozen=True)
class Behaviour:
    """A deployment asked in other ways.

    Attributes:
        again: the same photos once more.
        order: in another order.
        after_failure: each after a file that cannot be read.
        threads: from two threads at a time.
        turns: a stage of each, and then the next stage of each.
        copy: from a copy of the process, as a fork makes it.
        batch: inputs in batches against each alone.
        rows: logits in batches against each alone, in the last stage.
        without_pytorch: in a process where PyTorch cannot be imported.
        soak: some hundred calls in a row.
        brought: what the two processes came to hold.
    """

    again: Case
    order: Case
    after_failure: Case
    threads: Case
    turns: Case
    copy: Case
    batch: Case
    rows: Case
    without_pytorch: Case
    soak: Soak | None
    brought: tuple[Brought, ...]

    @property
    def cases(self) -> dict[str, Case]:
        """All of them, by what is said of them."""
        return {
            "the same photos once more": self.again,
            "in another order": self.order,
            "each after a file that cannot be read": self.after_failure,
            f"from {THREADS} threads at a time": self.threads,
            "stage by stage, in turns": self.turns,
            "in a copy of the process": self.copy,
            "in batches": self.batch,
            "the last stage in batches": self.rows,
            "where PyTorch cannot be imported": self.without_pytorch,
        }

    def record_batch(self, checks: Checks) -> None:
        """Record the checks of batches, or skip them with the reason."""
        for name, case in (("robustness.batch", self.batch), ("robustness.rows", self.rows)):
            if case.skipped:
                checks.skip(name, case.skipped)
            else:
                checks.record(name, case.worst, case.compared, case.off)

    def record_soak(self, checks: Checks) -> None:
        """Record what some hundred calls showed, or skip it where the process ended before."""
        soak = self.soak
        if soak is None:
            for name in SOAKED:
                checks.skip(f"robustness.{name}", "the deployment's process ended before")
            return
        checks.record("robustness.soak", soak.worst, soak.compared, soak.off)
        checks.record("robustness.memory", soak.memory, soak.calls)
        checks.record("robustness.handles", max(soak.files, soak.threads), soak.calls)
        checks.record("robustness.slower", soak.slower, soak.calls)


def behaviour(handoff: Handoff, rules: Policy, seed: int, times: int = 1) -> Behaviour:
    """Ask a deployment in every way.

    Args:
        handoff: whose deployment, and on which photos.
        rules: what an answer may differ by.
        seed: of the sizes of batches, and of the photos that are asked for some hundred times.
        times: how many times as many of these.
    """
    photos = handoff.photos.readable[:PHOTOS]
    names, data = [photo.name for photo in photos], [photo.data for photo in photos]
    with handoff.opened_deployment() as opened:
        first = opened.answers(data)

        def case(name: str, answers: Answers) -> Case:
            return _case(names, first, answers, rules[f"robustness.{name}"].threshold)

        again = case("again", opened.answers(data))
        steady = [name for name in names if not any(each == name or each.startswith(f"{name}: ") for each in again.off)]
        tensor, random = handoff.reference.trace(data[0]).normalise, np.random.default_rng([seed, 4])
        alone, without = _without_pytorch(handoff, data)
        batch, logits = _batches(opened.pipeline.infer, tensor, rules["robustness.batch"].threshold, random, times)
        return Behaviour(
            again=again,
            order=case("order", opened.answers(data[::-1])[::-1]),
            after_failure=case("after-failure", opened.answers([x for each in data for x in (UNREADABLE, each)])[1::2]),
            threads=_both(
                case("threads", opened.answers(data * THREADS, threads=THREADS)),
                _crowd(opened, rules["robustness.threads"].threshold, seed),
            ),
            turns=case("turns", _in_turns(opened.pipeline, data[:TURNS])),
            copy=case("copy", opened.answers_of_a_copy(data[:COPIED])),
            batch=batch,
            rows=Case(float("nan"), 0, (), "its answers are others each time")
            if again.off  # which tells nothing of rows
            else _rows(opened.pipeline.score, logits, rules["robustness.rows"].threshold),
            # an answer that is another each time tells nothing of PyTorch
            without_pytorch=_case(
                [name if name in steady else "" for name in names], first, alone, rules["robustness.again"].threshold
            ),
            soak=_soaked(opened, rules["robustness.soak"].threshold, seed, times),
            brought=(*without, *brought_by(opened)),
        )


def _crowd(opened: Deployment, same: float, seed: int) -> Case:
    """Small photos, so that many are answered at the same moment, against each by itself."""
    small = photos_of(seed, CROWD)
    names = [f"small photo {number + 1}" for number in range(CROWD)]
    return _case(names, opened.answers(small), opened.answers(small * 2, threads=2 * THREADS), same)


def _both(one: Case, other: Case) -> Case:
    return Case(float(np.max([one.worst, other.worst])), one.compared + other.compared, (*one.off, *other.off))


def brought_by(opened: Deployment) -> tuple[Brought, ...]:
    """What a deployment's process came to hold; nothing where it is over."""
    try:
        return (opened.brought(),)
    except BadInput:
        return ()


def _soaked(opened: Deployment, same: float, seed: int, times: int) -> Soak | None:
    try:
        return soak(opened, same, seed, times)
    except (BadInput, psutil.Error):
        return None


def _in_turns(pipeline: Pipeline, data: Sequence[bytes]) -> Answers:
    values: list[Any] = list(data)
    for stage in STAGES:
        made = [(None, value) if isinstance(value, BadInput) else taken(getattr(pipeline, stage), value) for value in values]
        values = [value if refused is None else refused for value, refused in made]
    return values


def _without_pytorch(handoff: Handoff, data: Sequence[bytes]) -> tuple[Answers, tuple[Brought, ...]]:
    try:
        with handoff.opened_deployment(without=PYTORCH) as opened:
            return opened.answers(data), brought_by(opened)
    except BadInput as error:
        return [error] * len(data), ()


def _case(names: Sequence[str], first: Answers, answers: Answers, same: float) -> Case:
    """Some answers against the first ones; if there are more of them, each photo was asked several times.

    A photo that gets no answer either time is answered the same: what is wrong with that, other checks say. One without a name
    is only looked at for whether there is an answer.
    """
    worst, off = 0.0, []
    for i, answer in enumerate(answers):
        name, expected = names[i % len(names)], first[i % len(names)]
        difference = difference_of(expected, answer)
        difference = difference if name or np.isinf(difference) else 0.0
        worst = float(np.max([worst, difference]))
        if not difference <= same:
            off.append(f"{name or 'a photo'}: {answer}" if isinstance(answer, BadInput) else name)
    return Case(worst, len(answers), tuple(dict.fromkeys(off)))


def _batches(
    infer: Callable[[Any], Any], tensor: NDArray[Any], same: float, random: np.random.Generator, times: int
) -> tuple[Case, NDArray[Any] | None]:
    """Inputs made of one, each time shifted along, in batches against each alone; and the logits of each alone.

    A deployment that takes one input at a time cannot go wrong here: it says so, and is not asked again.
    """
    counts = [*BATCHES, *(int(random.integers(*DRAWN_BATCHES)) for _ in range(times))]
    most = max(counts)
    inputs = [np.roll(tensor, i * tensor.shape[3] // most, axis=3) for i in range(most)]
    answers = [taken(infer, each) for each in inputs]
    refused = next((why for _, why in answers if why), "")
    if refused:
        return Case(float("nan"), 0, (), f"it does not take PyTorch's input: {refused}"), None
    alone = np.concatenate([np.asarray(answer) for answer, _ in answers])
    batches = [(f"batch of {count}", list(range(count))) for count in counts]
    batches.append(("batch of some inputs twice", list(MIXED)))
    worst, off, compared = 0.0, [], 0
    for name, places in batches:
        try:
            together = np.asarray(infer(np.concatenate([inputs[place] for place in places])))
        except BadInput as error:
            return Case(float("nan"), 0, (), f"it takes one input at a time: {error}"), alone
        difference = max_abs_difference(together, alone[places])
        worst, compared = float(np.max([worst, difference])), compared + len(places)
        off += [] if difference <= same else [name]
    return Case(worst, compared, tuple(dict.fromkeys(off))), alone


def _rows(score: Callable[[Any], Any], logits: NDArray[Any] | None, same: float) -> Case:
    """Several rows of logits at once against each alone."""
    if logits is None:
        return Case(float("nan"), 0, (), "there are no logits to give it")
    rows = [logits[i : i + 1] for i in range(max(BATCHES))]
    alone = [taken(score, row) for row in rows]
    refused = next((why for _, why in alone if why), "")
    if refused:
        return Case(float("nan"), 0, (), f"it does not take its own logits: {refused}")
    expected = np.concatenate([np.asarray(answer) for answer, _ in alone])
    worst, off, compared = 0.0, [], 0
    for count in BATCHES:
        together, why = taken(score, np.concatenate(rows[:count]))
        if why is not None:
            return Case(float("nan"), 0, (), f"it takes one row at a time: {why}")
        difference = max_abs_difference(np.asarray(together), expected[:count])
        worst, compared = float(np.max([worst, difference])), compared + count
        off += [] if difference <= same else [f"{count} rows"]
    return Case(worst, compared, tuple(off))
