"""Two pictures, their difference, and where on the photo they are."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lib.explorer import side_by_side
from lib.explorer.side_by_side import Look, seen

GREY = np.full((20, 30, 3), 100.0)


def test_the_zoom_goes_where_the_difference_is():
    difference = np.zeros((60, 90))
    difference[40:44, 70:80] = 5
    assert side_by_side.most_different(difference, 1) == (slice(0, 60), slice(0, 90))
    rows, columns = side_by_side.most_different(difference, 8)
    assert (rows.stop - rows.start, columns.stop - columns.start) == (7, 11)
    assert difference[rows, columns].sum() == difference.sum()


def test_equal_pictures_leave_the_difference_white_whatever_the_photo():
    same = np.random.default_rng(0).uniform(0, 255, (20, 30, 3))
    sight = seen(same, same, Look())
    np.testing.assert_array_equal(sight.left, sight.right)
    assert (sight.difference == 255).all()
    assert sight.largest == 0
    assert not sight.hatched


def test_a_brighter_picture_is_orange_and_a_darker_one_blue():
    brighter = seen(GREY, GREY + 20, Look()).difference.mean(axis=(0, 1))
    darker = seen(GREY, GREY - 20, Look()).difference.mean(axis=(0, 1))
    assert brighter[0] > brighter[2] + 60
    assert darker[2] > darker[0] + 60


def test_what_two_channels_do_against_each_other_does_not_cancel():
    sight = seen(GREY, GREY + np.array([20, 0, -20]), Look())
    assert sight.largest == 20
    assert (sight.difference < 255).any(axis=2).all()


def test_a_channel_is_looked_at_by_itself():
    redder = GREY + np.array([20, 0, 0])
    green, red = (seen(GREY, redder, Look(channel=channel)) for channel in ("green", "red"))
    assert (green.difference == 255).all()
    assert (green.largest, red.largest) == (0, 20)
    assert (red.right == 120).all()


def test_what_the_network_is_not_shown_is_hatched_and_not_taken_for_equal():
    right = GREY.copy()
    right[:, :10] = np.nan
    sight = seen(GREY, right, Look())
    times = sight.right.shape[1] // 30
    for picture in (sight.right, sight.difference):
        hatched = picture[:, : 10 * times].reshape(-1, 3)
        assert {tuple(colour) for colour in np.unique(hatched, axis=0)} == {(255, 255, 255), (196, 202, 208)}
    assert (sight.left == 100).all()
    assert (sight.right[:, 10 * times :] == 100).all()
    assert (sight.difference[:, 10 * times :] == 255).all()
    assert sight.hatched


def test_pictures_that_share_nothing_have_no_largest_difference():
    left, right = GREY.copy(), GREY.copy()
    left[:, :15] = right[:, 15:] = np.nan
    assert np.isnan(seen(left, right, Look()).largest)


@pytest.mark.parametrize("zoom", [1, 2, 4, 8, 16])
def test_a_pixel_is_a_square_and_keeps_its_levels(zoom):
    left = np.random.default_rng(0).integers(0, 256, (224, 336, 3)).astype(float)
    sight = seen(left, 255 - left, Look(zoom=zoom))
    shown = left[sight.rows, sight.columns]
    times = sight.left.shape[0] // shown.shape[0]
    assert sight.left.shape == sight.difference.shape == (times * shown.shape[0], times * shown.shape[1], 3)
    np.testing.assert_array_equal(sight.left[::times, ::times], shown)
    np.testing.assert_array_equal(sight.left, sight.left[::times, ::times].repeat(times, axis=0).repeat(times, axis=1))
    assert times >= zoom


@pytest.mark.parametrize("ground", ["black", "white", "#808080"])
@pytest.mark.parametrize(("rows", "columns"), [(slice(0, 400), slice(0, 600)), (slice(375, 400), slice(563, 600))])
def test_the_frame_is_around_what_is_shown_and_can_be_told_from_any_photo(ground, rows, columns):
    framed = side_by_side.framed(Image.new("RGB", (168, 112), ground), rows, columns, 400, 600)
    assert framed.shape == (112, 168, 3)
    changed = np.argwhere((framed != np.asarray(Image.new("RGB", (168, 112), ground))).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    expected = (rows.start * 0.28, columns.start * 0.28, rows.stop * 0.28 - 1, columns.stop * 0.28 - 1)
    assert np.abs(np.array([top, left, bottom, right]) - expected).max() <= 2
    inside = framed[(top + bottom) // 2, (left + right) // 2]
    assert tuple(inside) == Image.new("RGB", (1, 1), ground).getpixel((0, 0))
