"""Mistakes in tone."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from tests.conftest import picture
from tests.mistakes.committing import RESIZE, committed, smooth

EVERY = Image.fromarray(np.arange(64 * 64 * 3, dtype=np.int64).reshape(64, 64, 3).astype(np.uint8))  # every level, unscaled


@pytest.mark.parametrize(
    ("name", "level", "becomes"),
    [
        ("gamma 2.2", 55, 127),
        ("sRGB to linear", 188, 128),
        ("sRGB to linear", 10, 1),
        ("limited range", 0, 16),
        ("limited range", 255, 235),
        ("limited range stretched", 16, 0),
        ("limited range stretched", 236, 255),
    ],
)
def test_every_level_is_taken_for_another(name, level, becomes):
    levels, got = np.asarray(EVERY), committed(name, EVERY)
    assert np.unique(got[levels == level]).tolist() == [becomes]


def test_autocontrast_is_pillows_and_stretches_a_dull_photo():
    photo = smooth(90, 70)
    got = committed("autocontrast", photo)
    np.testing.assert_array_equal(got, np.asarray(ImageOps.autocontrast(RESIZE(photo))))
    assert (got.min(), got.max()) == (0, 255)
    right = np.asarray(RESIZE(picture(90, 70)))
    assert (right.min(), right.max()) != (0, 255)
