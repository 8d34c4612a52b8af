"""Mistakes in direction."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.conftest import picture
from tests.mistakes.committing import RESIZE, committed


@pytest.mark.parametrize(
    ("name", "transpose"),
    [
        ("mirrored", Image.Transpose.FLIP_LEFT_RIGHT),
        ("upside down", Image.Transpose.FLIP_TOP_BOTTOM),
        ("turned counter-clockwise", Image.Transpose.ROTATE_90),
        ("turned by 180°", Image.Transpose.ROTATE_180),
        ("turned clockwise", Image.Transpose.ROTATE_270),
    ],
)
def test_turns_are_pillows(name, transpose):
    photo = picture(90, 70)
    np.testing.assert_array_equal(committed(name, photo), np.asarray(RESIZE(photo).transpose(transpose)))
