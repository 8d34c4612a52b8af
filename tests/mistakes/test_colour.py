"""Mistakes in levels and colour."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

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
