"""Whether a deployment gives the same answer whoever asks, when, and beside what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import BadInput
from lib.deploy.difference import max_abs_difference
from lib.handoff import Handoff
from lib.inputs.deployment import taken
from lib.policy import Policy
from lib.report.checks import Checks

PHOTOS = 8  # the first ones of a run
BATCHES = (2, 8, 32)
THREADS = 2
UNREADABLE = b"this is no picture"
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
        batch: inputs in batches against each alone.
        without_pytorch: in a process where PyTorch cannot be imported.
    """

    again: Case
    order: Case
    after_failure: Case
    threads: Case
    batch: Case
    without_pytorch: Case

    @property
    def cases(self) -> dict[str, Case]:
        """All of them, by what is said of them."""
        return {
            "the same photos once more": self.again,
            "in another order": self.order,
            "each after a file that cannot be read": self.after_failure,
            f"from {THREADS} threads at a time": self.threads,
            f"in batches of {', '.join(map(str, BATCHES))}": self.batch,
            "where PyTorch cannot be imported": self.without_pytorch,
        }

    def record_batch(self, checks: Checks) -> None:
        """Record the check of batches, or skip it with the reason."""
        if self.batch.skipped:
            checks.skip("robustness.batch", self.batch.skipped)
        else:
            checks.record("robustness.batch", self.batch.worst, self.batch.compared, self.batch.off)


def behaviour(handoff: Handoff, rules: Policy) -> Behaviour:
    """Ask a deployment in every way.

    Args:
        handoff: whose deployment, and on which photos.
        rules: what an answer may differ by.
    """
    photos = handoff.photos.readable[:PHOTOS]
    names, data = [photo.name for photo in photos], [photo.data for photo in photos]
    with handoff.opened_deployment() as opened:
        first = opened.answers(data)

        def case(name: str, answers: Answers) -> Case:
            return _case(names, first, answers, rules[f"robustness.{name}"].threshold)

        return Behaviour(
            again=case("again", opened.answers(data)),
            order=case("order", opened.answers(data[::-1])[::-1]),
            after_failure=case("after-failure", opened.answers([x for each in data for x in (UNREADABLE, each)])[1::2]),
            threads=case("threads", opened.answers(data * THREADS, threads=THREADS)),
            batch=_batches(
                opened.pipeline.infer, handoff.reference.trace(data[0]).normalise, rules["robustness.batch"].threshold
            ),
            without_pytorch=case("again", _without_pytorch(handoff, data)),
        )


def _without_pytorch(handoff: Handoff, data: Sequence[bytes]) -> Answers:
    try:
        with handoff.opened_deployment(without=PYTORCH) as opened:
            return opened.answers(data)
    except BadInput as error:
        return [error] * len(data)


def _case(names: Sequence[str], first: Answers, answers: Answers, same: float) -> Case:
    """Some answers against the first ones; if there are more of them, each photo was asked several times.

    A photo that gets no answer either time is answered the same: what is wrong with that, other checks say.
    """
    worst, off = 0.0, []
    for i, answer in enumerate(answers):
        name, expected = names[i % len(names)], first[i % len(names)]
        difference = _difference(expected, answer)
        worst = float(np.max([worst, difference]))
        if not difference <= same:
            off.append(f"{name}: {answer}" if isinstance(answer, BadInput) else name)
    return Case(worst, len(answers), tuple(dict.fromkeys(off)))


def _difference(expected: NDArray[np.float32] | BadInput, answer: NDArray[np.float32] | BadInput) -> float:
    if isinstance(expected, BadInput) or isinstance(answer, BadInput):
        return 0.0 if isinstance(expected, BadInput) and isinstance(answer, BadInput) else float("inf")
    return max_abs_difference(expected, answer)


def _batches(infer: Callable[[Any], Any], tensor: NDArray[Any], same: float) -> Case:
    """Inputs made of one, each time shifted along, in batches against each alone.

    A deployment that takes one input at a time cannot go wrong here: it says so, and is not asked again.
    """
    most = max(BATCHES)
    inputs = [np.roll(tensor, i * tensor.shape[3] // most, axis=3) for i in range(most)]
    answers = [taken(infer, each) for each in inputs]
    refused = next((why for _, why in answers if why), "")
    if refused:
        return Case(float("nan"), 0, (), f"it does not take PyTorch's input: {refused}")
    alone = np.concatenate([np.asarray(answer) for answer, _ in answers])
    worst, off, compared = 0.0, [], 0
    for count in BATCHES:
        try:
            together = np.asarray(infer(np.concatenate(inputs[:count])))
        except BadInput as error:
            return Case(float("nan"), 0, (), f"it takes one input at a time: {error}")
        difference = max_abs_difference(together, alone[:count])
        worst, compared = float(np.max([worst, difference])), compared + count
        off += [] if difference <= same else [f"batch of {count}"]
    return Case(worst, compared, tuple(off))
