"""Shrinking in halves."""

from __future__ import annotations

import cv2
import numpy as np

from lib.mistakes.resizers.halving import halved
from tests.conftest import picture

PIXELS = np.asarray(picture(160, 120))


def test_what_is_less_than_twice_too_large_is_bilinear_at_once():
    np.testing.assert_array_equal(halved(PIXELS, (90, 70)), cv2.resize(PIXELS, (90, 70)))


def test_a_half_averages_two_by_two():
    means = PIXELS.reshape(60, 2, 80, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved(PIXELS, (80, 60)) - means).max() <= 0.5


def test_larger_ones_are_halved_until_one_step_is_left():
    step = cv2.resize(PIXELS, (80, 60))
    np.testing.assert_array_equal(halved(PIXELS, (50, 40)), cv2.resize(step, (50, 40)))
    assert halved(PIXELS, (30, 100)).shape == (100, 30, 3)
