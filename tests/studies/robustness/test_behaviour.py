"""The deployment asked in other ways."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from lib.deploy import BadInput, Pipeline
from lib.inputs.deployment import Brought, Usage
from lib.report.checks import Checks
from lib.studies.robustness import behaviour as module
from lib.studies.robustness.behaviour import BATCHES, behaviour
from lib.studies.robustness.over_time import photos_of
from tests.few import changed


class Answering:
    """Stands for a deployment in its process."""

    def __init__(self, pipeline, answer):
        self.pipeline = pipeline
        self.answer = answer
        self.used = Usage(100_000_000, 5, 3)

    def answers(self, photos, threads=1):
        return [self.answer(photo, threads) for photo in photos]

    def answers_of_a_copy(self, photos):
        return [self.answer(photo, "in a copy") for photo in photos]

    def usage(self):
        return self.used

    def brought(self):
        return Brought((), {})


def of_arrays(stage):
    """A stage of arrays, which lets the photos pass that stand for what the other stages give."""
    return lambda value: stage(value) if isinstance(value, np.ndarray) else value


@pytest.fixture
def asked(two, rules, monkeypatch):
    """The behaviour of a deployment whose answers are made up; ``without`` is what it answers without PyTorch."""

    def found(answer=lambda photo, threads: np.float32([[len(photo) % 7, 1]]), without=None, infer=None, score=None):
        other = changed(two, two.photos.readable, deployment=two.deployment)
        pipeline = Pipeline(
            decode=lambda photo: photo,
            resize=lambda photo: photo,
            normalise=lambda photo: photo,
            infer=infer or (lambda tensor: tensor[:, 0, :2, 0] if isinstance(tensor, np.ndarray) else tensor),
            score=score or (lambda logits: logits if isinstance(logits, np.ndarray) else answer(logits, 1)),
        )

        @contextmanager
        def opened(self, without_modules=(), **named):
            chosen = without if named.get("without") and without else answer
            yield Answering(pipeline, chosen)

        monkeypatch.setattr(type(other), "opened_deployment", opened)
        return behaviour(other, rules, 3)

    return found


def test_the_deployment_gives_the_same_answers_whoever_asks(study):
    assert {name: case.off for name, case in study.behaviour.cases.items()} == dict.fromkeys(study.behaviour.cases, ())
    assert all(case.compared > 0 for case in study.behaviour.cases.values())
    assert study.behaviour.batch.compared > sum(BATCHES)
    soak = study.behaviour.soak
    assert (soak.calls, soak.compared, soak.worst, soak.off) == (280, 140, 0.0, ())
    assert max(soak.memory, soak.files, soak.threads) < 0.05
    assert study.whole.compared > 20
    assert study.whole.off == ()


def test_one_that_answers_otherwise_the_second_time_is_found(asked):
    calls = iter(range(1000))
    found = asked(lambda photo, threads: np.float32([[next(calls), 0]]))
    assert found.again.off == ("coffee.png", "grace_hopper.jpg")
    assert found.again.worst == 2


def test_one_that_fails_after_a_failure_is_found_with_what_it_said(asked):
    state = {"broken": False}

    def answer(photo, threads):
        if photo == module.UNREADABLE:
            state["broken"] = True
            return BadInput("no picture")
        return BadInput("it is closed") if state["broken"] else np.float32([[1, 0]])

    found = asked(answer)
    assert found.again.off == ()
    assert found.after_failure.off == ("coffee.png: it is closed", "grace_hopper.jpg: it is closed")
    assert math.isinf(found.after_failure.worst)


def test_one_that_mixes_threads_up_is_found(asked):
    found = asked(lambda photo, threads: np.float32([[threads == 4, 0]]))
    assert found.order.off == ()
    assert found.threads.off == ("coffee.png", "grace_hopper.jpg")


def test_one_that_hands_answers_of_one_moment_to_each_other_is_found(asked):
    small = photos_of(3, module.CROWD)
    found = asked(lambda photo, threads: np.float32([[photo in small and threads == 8, 0]]))
    assert found.threads.off[0] == "small photo 1"
    assert found.again.off == ()


def test_one_that_needs_pytorch_is_found_with_the_reason(asked):
    found = asked(without=lambda photo, threads: BadInput("No module named 'torch'"))
    assert found.again.off == ()
    assert "No module named 'torch'" in found.without_pytorch.off[0]


def test_one_that_answers_a_batch_by_its_first_input_is_found(asked):
    found = asked(infer=of_arrays(lambda tensor: np.repeat(tensor[:1, 0, :2, 0], len(tensor), axis=0)))
    assert {"batch of 2", "batch of 5", "batch of some inputs twice"} <= set(found.batch.off)


def test_one_that_takes_one_input_at_a_time_is_not_wrong(asked, rules):
    def infer(tensor):
        if len(tensor) > 1:
            raise BadInput("one at a time")
        return tensor[:, 0, :2, 0]

    found = asked(infer=of_arrays(infer))
    checks = Checks("11_robustness", "lite0", rules)
    found.record_batch(checks)
    measurement, _ = checks.recorded.measurements
    assert measurement.skipped == "it takes one input at a time: one at a time"


def test_one_that_never_answers_is_the_same_whoever_asks(asked):
    found = asked(lambda photo, threads: BadInput("no answer"))
    assert all(case.off == () for case in found.cases.values() if case not in (found.batch, found.rows))


def test_one_that_answers_only_the_second_time_is_found(asked):
    answers = iter([BadInput("not yet"), BadInput("not yet")])
    found = asked(lambda photo, threads: next(answers, np.float32([[1, 0]])))
    assert found.again.off == ("coffee.png", "grace_hopper.jpg")
    assert found.again.worst == np.inf


def test_one_whose_network_takes_only_its_own_size_is_not_asked_in_batches(asked):
    def infer(tensor):
        raise BadInput("it takes 224 × 224 only")

    assert asked(infer=infer).batch.skipped == "it does not take PyTorch's input: it takes 224 × 224 only"


@pytest.mark.parametrize(
    ("infer", "off"),
    [
        (lambda tensor: tensor[:, 0, :2, 0][: 4 if len(tensor) == 5 else None].repeat(1, axis=0), "batch of 5"),
        (lambda tensor: tensor[::-1, 0, :2, 0] if len(tensor) > 8 else tensor[:, 0, :2, 0], "batch of "),
    ],
    ids=["one row is missing in five", "large ones are the wrong way round"],
)
def test_sizes_of_batches_that_are_answered_otherwise_are_found(asked, infer, off):
    found = asked(infer=of_arrays(infer))
    assert any(each.startswith(off) for each in found.batch.off)


def test_a_photo_that_is_in_a_batch_twice_and_answered_once_is_found(asked):
    def infer(tensor):
        first = {row.tobytes(): i for i, row in reversed(list(enumerate(tensor)))}
        logits = tensor[:, 0, :2, 0].copy()
        for i, row in enumerate(tensor):
            logits[i] *= first[row.tobytes()] == i
        return logits

    assert asked(infer=of_arrays(infer)).batch.off == ("batch of some inputs twice",)


def test_a_softmax_over_all_rows_is_found(asked):
    found = asked(score=lambda logits: logits / logits.sum() if isinstance(logits, np.ndarray) else np.float32([[1, 0]]))
    assert found.rows.off
    assert found.rows.off[0] == "2 rows"


def test_one_that_answers_otherwise_in_a_copy_of_its_process_is_found(asked):
    found = asked(lambda photo, threads: np.float32([[threads == "in a copy", 0]]))
    assert found.copy.off == ("coffee.png", "grace_hopper.jpg")
    assert found.again.off == ()


def test_an_answer_that_is_another_each_time_is_not_blamed_on_pytorch_nor_on_rows(asked):
    drawn = np.random.default_rng(0)
    found = asked(lambda photo, threads: drawn.random((1, 2)).astype(np.float32))
    assert found.again.off
    assert found.rows.skipped == "its answers are others each time"
    assert found.without_pytorch.off == ()
    missing = asked(
        lambda photo, threads: drawn.random((1, 2)), without=lambda photo, threads: BadInput("No module named 'torch'")
    )
    assert missing.without_pytorch.off


def test_what_a_soak_shows_is_recorded_or_skipped(asked, rules):
    found = asked()
    checks = Checks("11_robustness", "lite0", rules)
    found.record_soak(checks)
    assert [each.id for each in checks.recorded.measurements] == [f"robustness.{name}" for name in module.SOAKED]
    ended = Checks("11_robustness", "lite0", rules)
    replace(found, soak=None).record_soak(ended)
    assert all(each.skipped for each in ended.recorded.measurements)
