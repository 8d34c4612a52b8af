"""Mistakes in levels and colour."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.conftest import picture
from tests.mistakes.committing import RESIZE, committed


def test_truncation_darkens_by_half_a_level():
    photo = picture(150, 110)
    bias = (committed("truncated levels", photo).astype(int) - np.asarray(RESIZE(photo))).mean()
    assert -0.7 < bias < -0.3


def test_bgr_swaps_red_and_blue():
    photo = picture(70, 64)
    np.testing.assert_array_equal(committed("BGR", photo), np.asarray(RESIZE(photo))[:, :, ::-1])


@pytest.mark.parametrize("size", [(70, 64), (65, 64), (64, 65)])
def test_yuv_keeps_lightness_and_blurs_colour(size):
    photo = picture(*size)
    right, got = np.asarray(RESIZE(photo)), committed("YUV 4:2:0", photo)
    lightness = [cv2.cvtColor(np.ascontiguousarray(p), cv2.COLOR_RGB2GRAY).astype(int) for p in (right, got)]
    colour = np.abs(got.astype(int) - right)
    assert colour.mean() > 5
    assert np.abs(lightness[0] - lightness[1]).mean() < colour.mean() / 2


def test_bt709_keeps_grey_and_turns_red_lighter():
    grey = Image.fromarray(np.repeat(np.arange(64 * 64).reshape(64, 64, 1) % 256, 3, axis=2).astype(np.uint8))
    np.testing.assert_array_equal(committed("BT.601 read as BT.709", grey), np.asarray(grey))
    # luma 76.245 and differences -43.028 and 127.5 of BT.601's red, read by BT.709's formulas
    red = Image.new("RGB", (64, 64), (255, 0, 0))
    np.testing.assert_array_equal(committed("BT.601 read as BT.709", red)[0, 0], [255, 25, 0])


def test_5_6_5_keeps_black_and_white_and_few_levels_between():
    levels = np.repeat(np.arange(64 * 64).reshape(64, 64, 1) % 256, 3, axis=2).astype(np.uint8)
    got = committed("5-6-5 colours", Image.fromarray(levels))
    assert [len(np.unique(got[:, :, channel])) for channel in range(3)] == [32, 64, 32]
    assert (got.min(), got.max()) == (0, 255)
    assert np.abs(got.astype(int) - levels).max() <= 7
