"""The deployment asked in other ways."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from lib.deploy import BadInput
from lib.report.checks import Checks
from lib.studies.robustness import behaviour as module
from lib.studies.robustness.behaviour import BATCHES, behaviour
from tests.few import changed


class Answering:
    """Stands for a deployment in its process."""

    def __init__(self, pipeline, answer):
        self.pipeline = pipeline
        self.answer = answer

    def answers(self, photos, threads=1):
        return [self.answer(photo, threads) for photo in photos]


@pytest.fixture
def asked(two, rules, monkeypatch):
    """The behaviour of a deployment whose answers are made up; ``without`` is what it answers without PyTorch."""

    def found(answer=lambda photo, threads: np.float32([[len(photo) % 7, 1]]), without=None, infer=None):
        other = changed(two, two.photos.readable, deployment=two.deployment)
        pipeline = replace(two.deployment, infer=infer or (lambda tensor: tensor[:, 0, :2, 0]))

        @contextmanager
        def opened(self, without_modules=(), **named):
            chosen = without if named.get("without") and without else answer
            yield Answering(pipeline, chosen)

        monkeypatch.setattr(type(other), "opened_deployment", opened)
        return behaviour(other, rules)

    return found


def test_the_deployment_gives_the_same_answers_whoever_asks(study):
    assert {name: case.off for name, case in study.behaviour.cases.items()} == dict.fromkeys(study.behaviour.cases, ())
    assert all(case.compared > 0 for case in study.behaviour.cases.values())
    assert study.behaviour.batch.compared == sum(BATCHES)


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
    found = asked(lambda photo, threads: np.float32([[threads, 0]]))
    assert found.order.off == ()
    assert found.threads.off == ("coffee.png", "grace_hopper.jpg")


def test_one_that_needs_pytorch_is_found_with_the_reason(asked):
    found = asked(without=lambda photo, threads: BadInput("No module named 'torch'"))
    assert found.again.off == ()
    assert "No module named 'torch'" in found.without_pytorch.off[0]


def test_one_that_answers_a_batch_by_its_first_input_is_found(asked):
    found = asked(infer=lambda tensor: np.repeat(tensor[:1, 0, :2, 0], len(tensor), axis=0))
    assert found.batch.off == ("batch of 2", "batch of 8", "batch of 32")


def test_one_that_takes_one_input_at_a_time_is_not_wrong(asked, rules):
    def infer(tensor):
        if len(tensor) > 1:
            raise BadInput("one at a time")
        return tensor[:, 0, :2, 0]

    found = asked(infer=infer)
    checks = Checks("11_robustness", "lite0", rules)
    found.record_batch(checks)
    (measurement,) = checks.recorded.measurements
    assert measurement.skipped == "it takes one input at a time: one at a time"


def test_one_that_never_answers_is_the_same_whoever_asks(asked):
    found = asked(lambda photo, threads: BadInput("no answer"))
    assert {name: case.off for name, case in found.cases.items() if case is not found.batch} == {
        name: () for name, case in found.cases.items() if case is not found.batch
    }


def test_one_that_answers_only_the_second_time_is_found(asked):
    answers = iter([BadInput("not yet"), BadInput("not yet")])
    found = asked(lambda photo, threads: next(answers, np.float32([[1, 0]])))
    assert found.again.off == ("coffee.png", "grace_hopper.jpg")
    assert found.again.worst == np.inf


def test_one_whose_network_takes_only_its_own_size_is_not_asked_in_batches(asked):
    def infer(tensor):
        raise BadInput("it takes 224 × 224 only")

    assert asked(infer=infer).batch.skipped == "it does not take PyTorch's input: it takes 224 × 224 only"
