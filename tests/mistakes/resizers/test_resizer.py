"""What every resizer has in common."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from lib.mistakes.resizers import RESIZERS
from lib.mistakes.resizers.resizer import to_levels
from tests.conftest import picture
from tests.mistakes.committing import RESIZE, committed, smooth


def test_levels_are_rounded_to_even_and_cut():
    levels = to_levels(np.array([-3.0, 0.5, 1.5, 1.51, 254.6, 300.0]))
    assert levels.dtype == np.uint8
    assert levels.tolist() == [0, 0, 2, 2, 255, 255]


@pytest.mark.parametrize("name", RESIZERS)
def test_every_filter_gives_the_right_shape_and_agrees_on_a_picture_without_detail(name):
    photo = smooth(150, 110)
    got = committed(name, photo)
    right = np.asarray(RESIZE(photo))
    assert got.shape == right.shape
    assert got.dtype == np.uint8
    # nearest neighbours and the corner-bound coordinates are off by about a pixel of slope, the others by less
    assert np.abs(got.astype(int) - right).max() <= 6


@pytest.mark.parametrize("name", RESIZERS)
def test_a_resizer_takes_width_before_height_and_leaves_the_photo_as_it_is(name):
    pixels = np.asarray(picture(60, 40)).copy()
    before = pixels.copy()
    assert RESIZERS[name].scale(pixels, (33, 21)).shape == (21, 33, 3)
    np.testing.assert_array_equal(pixels, before)


def test_no_two_resizers_share_a_cell_of_the_table():
    assert set(Counter((each.column, each.row) for each in RESIZERS.values()).values()) == {1}
