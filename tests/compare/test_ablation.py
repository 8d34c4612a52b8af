"""From the naive deployment to the reference, and what each part is worth, on real photos."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from lib.compare.ablation import PARTS, from_deployment, from_naive, mended, naive, swapped
from lib.compare.shared import SharedTraces
from lib.deploy import STAGES, BadInput
from lib.deploy.stages import Normalise, Resize
from lib.export.exporter import domain


def way_from_naive(handoff, photo, deployment):
    shared = SharedTraces(photo.data)
    return from_naive(photo.name, shared, deployment, handoff.reference, handoff.subject.contract, domain(handoff.subject))


@pytest.fixture(scope="module")
def ablation(lite0):
    return way_from_naive(lite0, lite0.photos.readable[0], lite0.deployment)


def test_the_steps_end_at_the_reference(ablation):
    assert [step.name for step in ablation.steps] == ["naive", "right shape", "right filter", "deployment", "reference"]
    first, *_, deployment, last = ablation.steps
    assert first["resize"].candidate.shape == (224, 224, 3)
    assert last["resize"].candidate.shape == (224, 336, 3)
    assert abs(first.probability - last.probability) > 0.05
    assert ablation.steps[2].probability == pytest.approx(last.probability, abs=1e-4)
    assert deployment.probability == pytest.approx(last.probability, abs=1e-4)
    assert last.apart() is None


def test_the_resize_makes_the_difference_and_the_shares_sum_to_the_gap(ablation):
    assert tuple(ablation.shares) == PARTS
    assert ablation.largest == "resize shape"
    assert sum(ablation.shares.values()) == pytest.approx(ablation.gap, abs=1e-9)
    assert ablation.unexplained < 1e-9
    for healthy in ("decode", "normalise", "infer", "score"):
        assert abs(ablation.shares[healthy]) < 1e-5


def test_shares_that_do_not_sum_to_the_gap_are_told(ablation):
    more = ablation.shares | {"decode": ablation.shares["decode"] + 0.25}
    assert replace(ablation, shares=more).unexplained == pytest.approx(0.25)


def test_a_faulty_normalise_gets_its_share(lite0):
    contract = lite0.subject.contract
    faulty = Normalise(tuple(value + 0.1 for value in contract.mean), contract.std)
    photo = lite0.photos.readable[2]
    found = way_from_naive(lite0, photo, replace(lite0.deployment, normalise=faulty))
    assert abs(found.shares["normalise"]) > 1e-3
    assert found.unexplained < 1e-9


def test_the_fault_of_a_deployment_is_attributed_to_its_own_stage(lite0):
    theirs = replace(lite0.deployment, resize=Resize(224, "shorter-side", "bicubic"))
    photo = lite0.photos.readable[1]
    found = from_deployment(photo.name, SharedTraces(photo.data), theirs, lite0.reference, domain(lite0.subject))
    assert [step.name for step in found.steps] == ["deployment", "reference"]
    assert tuple(found.shares) == STAGES
    assert abs(found.gap) > 1e-3
    assert found.largest == "resize"
    assert found.shares["resize"] == pytest.approx(found.gap, abs=1e-5)


def test_mending_nothing_is_naive_and_mending_all_is_the_reference(lite0):
    contract = lite0.subject.contract
    assert mended(lite0.deployment, lite0.reference, contract, ()) == naive(lite0.deployment, contract)
    assert mended(lite0.deployment, lite0.reference, contract, PARTS) == lite0.reference
    assert swapped(lite0.deployment, lite0.reference, ()) == lite0.deployment
    assert swapped(lite0.deployment, lite0.reference, STAGES) == lite0.reference


def test_shape_and_filter_are_mended_one_by_one(lite0):
    contract = lite0.subject.contract
    shape = mended(lite0.deployment, lite0.reference, contract, ("resize shape",)).resize
    assert (shape.rule, shape.filter) == (contract.rule, "nearest")
    smoothed = mended(lite0.deployment, lite0.reference, contract, ("resize filter",)).resize
    assert (smoothed.rule, smoothed.filter) == ("squash", contract.filter)


def test_a_mix_that_gives_no_answer_leaves_the_gap_unshared_and_ends_nothing(lite0):
    def infer(tensor):
        if tensor.shape[2:] != (224, 224):
            raise BadInput("takes 224 × 224 only")
        return lite0.deployment.infer(tensor)

    squashing = replace(lite0.deployment, resize=Resize(224, "squash", "bilinear"), infer=infer)
    photo = lite0.photos.readable[0]
    found = from_deployment(photo.name, SharedTraces(photo.data), squashing, lite0.reference, domain(lite0.subject))
    assert not any(step.refused for step in found.steps)
    assert found.refused == "takes 224 × 224 only"
    assert math.isnan(found.unexplained)
    steps = way_from_naive(lite0, photo, squashing).steps
    assert [step.name for step in steps if step.refused] == ["right shape", "right filter"]
