"""What is measured for people to look at."""

from __future__ import annotations

import cv2
import numpy as np

from lib.diagnosis import Observed
from lib.diagnosis.details import details
from tests.diagnosis.toy import CONTRACT, NORMALISE, PIXELS, RIGHT


def says(tensor, name: str) -> str:
    measured = details(Observed.of(np.asarray(tensor)), CONTRACT, RIGHT)
    return next(each.says for each in measured if each.name == name)


def test_details_tell_what_they_measure():
    assert "sharper" in says(cv2.resize(PIXELS, (96, 64), interpolation=cv2.INTER_NEAREST), "fine detail")
    assert "softer" in says(cv2.GaussianBlur(RIGHT, (5, 5), 2), "fine detail")
    assert says(np.roll(RIGHT, (0, 3), (0, 1)), "shift") == "the picture has moved by 3 across and 0 down"
    assert says(cv2.GaussianBlur(RIGHT, (5, 5), 2), "shift") == "in its place"
    assert "one sign" in says(np.maximum(RIGHT, 1) - 1, "bias")
    assert says(NORMALISE(RIGHT) * 2, "fine detail") == ""


def test_a_difference_at_the_border_alone_is_said_to_be_that():
    border = RIGHT.copy()
    border[0] = 255 - border[0]
    assert says(border, "pixels that differ") == "only the border differs"
    inner = RIGHT.copy()
    inner[30] = 255 - inner[30]
    assert says(inner, "pixels that differ") == ""


def test_a_picture_too_small_to_have_moved_is_not_said_to():
    small = RIGHT[:6, :6]
    names = [each.name for each in details(Observed.of(small + np.uint8(9)), CONTRACT, small)]
    assert "shift" not in names
    assert "fine detail" in names
