"""Pillow's filters."""

from __future__ import annotations

import numpy as np

from tests.conftest import picture
from tests.mistakes.committing import RESIZE, committed


def test_bilinear_is_the_contracts_own():
    photo = picture(150, 110)
    np.testing.assert_array_equal(committed("Pillow bilinear", photo), np.asarray(RESIZE(photo)))


def test_nearest_is_far_off():
    photo = picture(300, 220)
    assert np.abs(committed("Pillow nearest", photo).astype(int) - np.asarray(RESIZE(photo))).max() > 10


def test_reducing_gap_shows_when_a_large_photo_shrinks():
    large = picture(900, 700)
    assert (committed("Pillow reducing_gap", large) != np.asarray(RESIZE(large))).any()
