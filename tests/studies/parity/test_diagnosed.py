"""The likeliest mistake behind the deployment."""

from __future__ import annotations

import pytest

from lib.compare.pair import Pair
from lib.mistakes import CATALOGUE
from lib.studies.parity.diagnosed import diagnosed


def pair(handoff, *names):
    photo, pipeline = handoff.photos.readable[0], handoff.deployment
    for name in names:
        pipeline = CATALOGUE[name].commit(pipeline, handoff.subject.contract)
    return Pair.of(photo.name, "deployment", handoff.reference.trace(photo.data), pipeline.trace(photo.data))


def test_a_deployment_that_feeds_the_references_input_has_no_mistake(lite0, rules):
    assert diagnosed(pair(lite0), lite0, rules.tolerances) == {}


@pytest.mark.parametrize(("mistake", "stage"), [("squash", "resize"), ("mean and std of 0.5", "normalise")])
def test_a_mistake_is_named_at_the_first_stage_that_differs(lite0, rules, mistake, stage):
    found = diagnosed(pair(lite0, mistake), lite0, rules.tolerances)
    assert list(found) == [stage]
    assert found[stage].startswith(f"{mistake}, which explains 100.0%")
