"""Two pictures and their difference in one."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lib.explorer import side_by_side
from lib.explorer.side_by_side import Look


def panels(picture: Image.Image) -> list[np.ndarray]:
    width = (picture.width - 16) // 3
    return [np.asarray(picture)[:, i * (width + 8) : i * (width + 8) + width].astype(int) for i in range(3)]


def test_the_zoom_goes_where_the_difference_is():
    difference = np.zeros((60, 90))
    difference[40:44, 70:80] = 5
    assert side_by_side.most_different(difference, 1) == (slice(0, 60), slice(0, 90))
    rows, columns = side_by_side.most_different(difference, 8)
    assert (rows.stop - rows.start, columns.stop - columns.start) == (7, 11)
    assert difference[rows, columns].sum() == difference.sum()


def test_equal_pictures_leave_the_difference_without_colour():
    same = np.random.default_rng(0).uniform(0, 255, (20, 30, 3))
    left, right, difference = panels(side_by_side.picture(same, same, Look()))
    np.testing.assert_array_equal(left, right)
    assert (difference.max(axis=2) == difference.min(axis=2)).all()


def test_a_lighter_picture_is_yellow_and_a_darker_one_blue():
    grey = np.full((20, 30, 3), 100.0)
    lighter = panels(side_by_side.picture(grey, grey + 20, Look()))[2].mean(axis=(0, 1))
    darker = panels(side_by_side.picture(grey, grey - 20, Look()))[2].mean(axis=(0, 1))
    assert lighter[0] > 200 > lighter[2]
    assert darker[2] > darker[0]


def test_a_channel_is_looked_at_by_itself():
    grey = np.full((20, 30, 3), 100.0)
    redder = grey + np.array([20, 0, 0])
    assert np.ptp(panels(side_by_side.picture(grey, redder, Look(channel="green")))[2]) == 0
    assert panels(side_by_side.picture(grey, redder, Look(channel="red")))[1].max() == 120


def test_what_the_network_is_not_shown_is_blank():
    left = np.full((20, 30, 3), 100.0)
    right = left.copy()
    right[:, :10] = np.nan
    shown = panels(side_by_side.picture(left, right, Look()))[1]
    assert (shown[:, :100] == 255).all()
    assert (shown[:, 120:] == 100).all()
