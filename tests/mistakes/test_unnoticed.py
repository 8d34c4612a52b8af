"""The gate on trial."""

from __future__ import annotations

import dataclasses

import pytest

from lib.mistakes import gate
from lib.compare.comparison import tolerances
from lib.mistakes import CATALOGUE, SHAPES
from lib.inputs.photos import Photos


@pytest.fixture(scope="module")
def two_photos(lite0):
    return dataclasses.replace(lite0, photos=Photos(lite0.photos.readable[:2], ()))


def test_no_mistake_that_changes_the_input_goes_unnoticed(two_photos):
    unnoticed, changed = gate.missed(two_photos, tuple(CATALOGUE.values()), tolerances(1e-3))
    assert unnoticed == 0
    assert changed > 80


def test_what_leaves_the_input_as_it_is_does_not_count(two_photos):
    same = CATALOGUE["Pillow bilinear"]  # the contract's own filter
    assert gate.missed(two_photos, (same,), tolerances(1e-3)) == (0, 0)


def test_a_gate_that_looks_away_is_caught(two_photos):
    blind = dict.fromkeys(tolerances(1e-3), float("inf"))
    unnoticed, changed = gate.missed(two_photos, SHAPES, blind)
    assert unnoticed == changed > 0
