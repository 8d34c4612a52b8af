"""Whether the comparison notices mistakes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.compare.shared import SharedTraces
from lib.mistakes import CATALOGUE, SHAPES
from lib.mistakes.unnoticed import Noticed, noticed
from tests.few import Asked


def over(photos, handoff, mistakes, allowed) -> Noticed:
    found = Noticed()
    for photo in photos:
        shared = SharedTraces(photo.data)
        reference = shared.trace(handoff.reference)
        found += noticed(shared, reference, handoff.deployment, handoff.subject.contract, mistakes, allowed)
    return found


@pytest.fixture
def two_photos(lite0):
    return lite0.photos.readable[:2]


def test_no_mistake_that_changes_the_input_goes_unnoticed(lite0, two_photos, rules):
    found = over(two_photos, lite0, CATALOGUE.values(), rules.tolerances)
    assert found.missed == 0
    assert found.changed > 80


def test_what_leaves_the_input_as_it_is_does_not_count(lite0, two_photos, rules):
    same = CATALOGUE["Pillow bilinear"]  # the contract's own filter
    assert over(two_photos, lite0, [same], rules.tolerances) == Noticed(changed=0, missed=0)


def test_a_comparison_that_allows_everything_misses_every_mistake(lite0, two_photos, rules):
    anything = dict.fromkeys(rules.tolerances, float("inf"))
    found = over(two_photos, lite0, SHAPES, anything)
    assert found.missed == found.changed > 0


def test_photos_add_up():
    assert Noticed(3, 1) + Noticed(2, 2) == Noticed(changed=5, missed=3)


def test_the_network_runs_only_where_no_stage_before_it_shows_the_mistake(lite0, two_photos, rules):
    asked, contract = Asked(), lite0.subject.contract
    deployment = asked.of(lite0.deployment)
    blind = dict.fromkeys(("decode", "resize", "normalise"), float("inf"))
    for allowed, runs in ((rules.tolerances, 0), (rules.tolerances | blind, 2)):
        for photo in two_photos:
            shared = SharedTraces(photo.data)
            reference = shared.trace(lite0.reference)
            assert noticed(shared, reference, deployment, contract, [CATALOGUE["BGR"]], allowed) == Noticed(1, 0)
        assert len(asked.inputs["infer"]) == runs


def test_a_mistake_that_cannot_take_the_photo_does_not_count(lite0, two_photos, rules):
    def raises(data):
        raise OSError("encoder error -2")

    broken = replace(CATALOGUE["re-encoded JPEG"], make=lambda contract: raises)
    assert over(two_photos, lite0, [broken, CATALOGUE["BGR"]], rules.tolerances) == Noticed(changed=2, missed=0)


def test_a_mistake_that_takes_the_place_of_the_deployments_own_is_none(lite0, two_photos, rules):
    contract = lite0.subject.contract
    squashing = replace(lite0.deployment, resize=CATALOGUE["squash"].make(contract))
    (photo, *_) = two_photos
    shared = SharedTraces(photo.data)
    own = CATALOGUE["Pillow bilinear"]  # the contract's own filter and shape
    found = noticed(shared, shared.trace(lite0.reference), squashing, contract, [own], rules.tolerances)
    assert found == Noticed(changed=0, missed=0)
