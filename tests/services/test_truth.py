"""Whether a diagnosis of a service's tensor is right."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.services.run import SERVICES
from tests.services.truth import NOTHING, PART, RIGHT, UNKNOWN, WRONG, Service, outcome, services

SQUASH = {"squash", "nearest"}
NOTHING_OFF = frozenset[str]()


def said(*effects: str, others=(), healthy=False, same=False):
    return SimpleNamespace(names=effects, effects=effects, others=[*others], healthy=healthy, same=same)


@pytest.mark.parametrize(
    ("truth", "finding", "expected"),
    [
        (SQUASH, said("squash", "nearest"), RIGHT),
        (SQUASH, said("squash"), PART),
        (SQUASH, said(), UNKNOWN),
        (SQUASH, said("squash", "area"), WRONG),
        (SQUASH, said("squash", "area", others=[("squash", "nearest")]), RIGHT),  # it cannot be told apart, and that is said
        ({*SQUASH, None}, said("squash", "nearest"), PART),  # what else was done is not in the catalogue
        (SQUASH, said(healthy=True), NOTHING),
        (set(), said(), NOTHING),
        (set(), said("nearest"), WRONG),
        ({"crop rounded down"}, said("side rounded"), RIGHT),  # a pixel off, either way
    ],
)
def test_a_name_is_wrong_where_it_is_of_something_that_was_not_done(truth, finding, expected):
    assert outcome(truth, set(), finding) == expected


def test_facts_become_the_catalogues_words():
    facts = {
        "exif": "ignored", "profile": "applied", "shape": "squash", "filter": "nearest", "normalise": "half", "order": "bgr",
        "also": [],
    }  # fmt: skip
    service = Service("id", "C", "stb", "says", facts)
    plain = {"squash", "nearest", "mean and std of 0.5", "BGR"}
    assert service.effects(False, False, NOTHING_OFF) == plain
    assert service.effects(True, True, NOTHING_OFF) == {*plain, "EXIF ignored", "colour profile applied"}
    halving = Service("id", "Java", "AWT", "says", facts | {"shape": "crop", "filter": "halving"})
    assert "halving, then bilinear" in halving.effects(False, False, NOTHING_OFF)
    assert "bilinear without antialiasing" in halving.effects(False, False, NOTHING_OFF, small=True)
    assuming = Service("id", "C", "libvips", "says", facts | {"profile": "assumed"})
    assert None in assuming.effects(False, False, NOTHING_OFF)
    assert "colour profile applied" in assuming.effects(False, True, NOTHING_OFF)
    odd = Service("id", "C", "stb", "says", facts | {"also": ["watermark"], "filter": "triangle"})
    assert None in odd.effects(False, False, NOTHING_OFF)


def test_there_are_sixty_services_and_more_and_every_fact_is_known():
    every = services(SERVICES)
    assert len({each.id for each in every}) == len(every) >= 60
    assert len({each.language for each in every}) >= 6
    known = [each.effects(True, True, frozenset({"crop rounded down"})) for each in every]  # a fact of no meaning is a KeyError
    assert sum(None not in effects for effects in known) > 60
