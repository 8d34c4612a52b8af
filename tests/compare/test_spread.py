"""Whether a comparison of answers could have failed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lib.compare.spread import in_tolerances, spread

GREY = np.zeros((1, 2))


def test_it_is_the_middle_photo_that_counts_not_the_plainest():
    photos = [np.array([[10.0 * i, 0.0]]) for i in (-3, -2, 2, 3)]
    assert spread(photos, lambda: GREY) == 25
    assert spread([*photos, GREY], lambda: GREY) == 20  # a plain photo among them


def test_answers_that_hardly_move_have_none():
    assert spread([np.full((1, 2), 3.0)] * 4, lambda: GREY) == 0


def test_one_photo_alone_is_held_against_grey():
    assert spread([np.array([[4.0, 1.0]])], lambda: GREY) == 2


def test_a_nan_has_no_distance():
    assert math.isnan(spread([np.array([[math.nan, 1.0]]), GREY], lambda: GREY))
    assert math.isnan(spread([np.array([[math.inf, 1.0]]), GREY], lambda: GREY))


def test_a_tolerance_of_0_is_exceeded_by_any_distance_and_by_no_other():
    assert in_tolerances(0.5, 0.01) == pytest.approx(50)
    assert in_tolerances(1e-9, 0) > 1e20
    assert in_tolerances(0, 0) == 0
