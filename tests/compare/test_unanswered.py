"""A deployment with a stage that fails on a photo."""

from __future__ import annotations

import numpy as np
import pytest

from lib.compare.shared import SharedTraces
from lib.compare.unanswered import Unanswered, answering, causes
from lib.deploy import STAGES, BadInput, Pipeline
from lib.inputs.deployment import Over


def stage(name: str, raised: BadInput | None = None):
    def run(value):
        if raised is not None:
            raised_of[name] = raised_of.get(name, 0) + 1
            raise raised
        return np.asarray([len(name)], np.float32)

    return run


raised_of: dict[str, int] = {}
REFERENCE = Pipeline(**{name: stage(name) for name in STAGES})


def deployment(**raised: BadInput) -> Pipeline:
    return Pipeline(**{name: stage(f"own {name}", raised.get(name)) for name in STAGES})


def test_a_deployment_that_answers_is_left_as_it_is():
    own = deployment()
    assert answering("a.jpg", SharedTraces(b"x"), own, REFERENCE) == (own, ())


@pytest.mark.parametrize("name", STAGES)
def test_the_reference_takes_the_place_of_a_stage_that_fails(name):
    own = deployment(**{name: BadInput("gave a NoneType")})
    found, failed = answering("a.jpg", SharedTraces(b"x"), own, REFERENCE)
    assert failed == (Unanswered("a.jpg", name, "gave a NoneType", over=False),)
    for each in STAGES:
        assert getattr(found, each) is getattr(REFERENCE if each == name else own, each)


def test_every_stage_that_fails_is_named():
    own = deployment(decode=BadInput("no"), score=BadInput("NaN"))
    _, failed = answering("a.jpg", SharedTraces(b"x"), own, REFERENCE)
    assert [each.stage for each in failed] == ["decode", "score"]


def test_of_all_that_fails_with_the_process_only_the_stage_that_ended_it_is_a_cause():
    dead = Over("its process ended with exit code 1")
    own = deployment(infer=dead, score=dead)
    _, first = answering("a.jpg", SharedTraces(b"x"), own, REFERENCE)
    own = deployment(**dict.fromkeys(STAGES, dead))
    _, second = answering("b.jpg", SharedTraces(b"y"), own, REFERENCE)
    assert [(each.photo, each.stage) for each in causes([*first, *second])] == [("a.jpg", "infer")]
    assert len(causes([Unanswered("a.jpg", "decode", "no", over=False)] * 2)) == 2
