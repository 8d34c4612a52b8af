"""What is measured on a tensor without trying any mistake."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lib.diagnosis import Observed
from lib.diagnosis.evidence import evidence
from tests.diagnosis.toy import CONTRACT, NORMALISE, PIXELS, RIGHT


def says(tensor, name: str) -> str:
    measured = evidence(Observed.of(np.asarray(tensor)), CONTRACT, RIGHT)
    return next(each.says for each in measured if each.name == name)


def test_evidence_tells_what_it_measures():
    assert says(NORMALISE(RIGHT[:, :, ::-1]), "channels") == "the order is blue, green, red"
    assert says(NORMALISE(RIGHT.transpose(1, 0, 2)), "geometry") == "width and height have changed places"
    assert says(NORMALISE(RIGHT[:, :-1]), "geometry").endswith("one pixel off")
    assert says(NORMALISE(RIGHT), "values that are whole levels").startswith("normalisation is right")
    assert says(NORMALISE(RIGHT) * 2, "values that are whole levels").startswith("normalisation is not")
    assert "sharper" in says(cv2.resize(PIXELS, (96, 64), interpolation=cv2.INTER_NEAREST), "fine detail")
    assert "softer" in says(cv2.GaussianBlur(RIGHT, (5, 5), 2), "fine detail")
    assert says(np.roll(RIGHT, (0, 3), (0, 1)), "shift") == "the picture has moved by 3 across and 0 down"
    assert "one sign" in says(np.maximum(RIGHT, 1) - 1, "bias")


def test_a_difference_at_the_border_alone_is_said_to_be_that():
    border = RIGHT.copy()
    border[0] = 255 - border[0]
    assert says(border, "pixels that differ") == "only the border differs"
    inner = RIGHT.copy()
    inner[30] = 255 - inner[30]
    assert says(inner, "pixels that differ") == ""


def test_another_mean_is_a_gain_and_an_offset():
    assert "only normalisation differs" in says(NORMALISE(RIGHT) - np.float32(0.1 / 0.229), "gain")


def test_channels_in_their_order_are_said_to_be():
    assert says(cv2.GaussianBlur(RIGHT, (5, 5), 2), "channels") == "the right order"


def test_the_references_own_input_needs_no_more_evidence():
    assert says(NORMALISE(RIGHT), "values that differ") == "it is the reference's input"
    assert says(RIGHT, "values that differ") == "it is the reference's input"


def test_what_does_not_look_like_the_photo_is_said_to():
    other = np.random.default_rng(0).normal(size=(3, 64, 96)).astype(np.float32)
    assert says(other, "likeness") == "it does not look like this photo at all"


@pytest.mark.parametrize(
    ("tensor", "layout"), [(RIGHT, "channels last: right only if a transpose follows"), (NORMALISE(RIGHT), "ONNX's layout")]
)
def test_the_layout_is_told(tensor, layout):
    assert says(tensor, "layout") == layout
