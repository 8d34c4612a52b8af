"""What is measured on a tensor without trying any mistake, and what that rules out."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lib.diagnosis import Observed
from lib.diagnosis.evidence import Evidence, evidence
from lib.mistakes import CATALOGUE, NORMALISATION, TONE
from tests.diagnosis import toy
from tests.diagnosis.toy import CONTRACT, NORMALISE


def spots() -> np.ndarray:
    """The toy's picture with a bright spot in each channel, so that turned it is another."""
    rows, columns = np.mgrid[0:1:64j, 0:1:96j]
    places = ((0.3, 0.2), (0.75, 0.35), (0.2, 0.55))
    light = [np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 0.02) for y, x in places]
    return (toy.RIGHT * 0.3 + 170 * np.stack(light, axis=2)).astype(np.uint8)


RIGHT = spots()
BLURRED = cv2.GaussianBlur(RIGHT, (5, 5), 2)


def of(tensor) -> Evidence:
    return evidence(Observed.of(np.asarray(tensor)), CONTRACT, RIGHT)


def says(tensor, name: str) -> str:
    return next(each.says for each in of(tensor) if each.name == name)


def ruled_out(tensor) -> set[str]:
    return {name for name in CATALOGUE if not of(tensor).allows((name,))}


def test_evidence_tells_what_it_measures():
    assert says(NORMALISE(RIGHT[:, :, ::-1]), "channels") == "the order is blue, green, red"
    assert says(NORMALISE(RIGHT.transpose(1, 0, 2)), "geometry") == "width and height have changed places"
    assert says(NORMALISE(RIGHT[:, :-1]), "geometry").endswith("one pixel off")
    assert says(NORMALISE(BLURRED), "values that are whole levels").startswith("normalisation is right")
    assert says(NORMALISE(BLURRED) * 2, "values that are whole levels").startswith("normalisation is not")
    assert says(RIGHT[:, ::-1], "direction") == "the picture is mirrored"
    assert says(NORMALISE(RIGHT).transpose(0, 1, 3, 2), "direction") == "the picture is transposed"


def test_whole_levels_rule_out_every_other_normalisation():
    every = {mistake.name for mistake in NORMALISATION}
    assert every - ruled_out(NORMALISE(BLURRED)) == {"reshape for transpose"}
    assert every & ruled_out(NORMALISE(BLURRED) * 2) == {"transposed by .T"}  # it is upright


def test_channels_in_order_rule_out_bgr_and_exchanged_ones_rule_out_all_but_bgr():
    assert says(BLURRED, "channels") == "the right order"
    assert "BGR" in ruled_out(BLURRED)
    exchanged = of(BLURRED[:, :, ::-1])
    assert not exchanged.allows(("OpenCV linear",))
    assert exchanged.allows(("OpenCV linear", "BGR"))


def test_an_upright_picture_rules_out_turns_unless_two_cancel_each_other():
    assert {"mirrored", "turned by 180°", "transposed by .T"} <= ruled_out(BLURRED)
    assert of(BLURRED).allows(("EXIF ignored", "turned clockwise"))
    assert not of(BLURRED[:, ::-1]).allows(("OpenCV linear",))
    assert of(BLURRED[:, ::-1]).allows(("mirrored",))


@pytest.mark.parametrize("exponent", [0.5, 1.3])
def test_a_tone_curve_rules_out_whatever_moves_or_mixes(exponent):
    tensor = NORMALISE(np.rint(255 * (RIGHT / 255) ** exponent).astype(np.uint8))
    assert "a tone curve" in says(tensor, "gain")
    assert of(tensor).stages == ("resize",)
    left = CATALOGUE.keys() - ruled_out(tensor)
    assert left == {mistake.name for mistake in TONE} | {"5-6-5 colours"}


def test_another_mean_is_a_gain_and_an_offset():
    tensor = NORMALISE(RIGHT) * np.float32(1.5) - np.float32(0.4)
    curve = of(tensor).curve
    assert curve is not None
    assert curve.line
    assert curve.gains == pytest.approx([1.5] * 3)
    assert curve.offsets == pytest.approx([-0.4] * 3)
    assert says(tensor, "gain") == "the reference's values times a gain plus an offset"
    assert of(tensor).stages == ("normalise",)
    assert of(tensor).allows(("another mean and std",))


@pytest.mark.parametrize("exponent", [1.05, 1.3, 2.2])
def test_gamma_is_no_gain_and_offset_however_it_is_normalised(exponent):
    gamma = ((RIGHT / 255) ** exponent).transpose(2, 0, 1)
    for tensor in ((gamma - 0.45) / 0.23, gamma):
        measured = of(tensor.astype(np.float32))
        assert measured.curve is not None
        assert measured.curve.alone
        assert not measured.curve.line
        assert not measured.allows(("another mean and std",))
        assert measured.stages == ("resize", "normalise")


def test_a_filter_is_no_tone_curve():
    assert of(NORMALISE(BLURRED)).stages == of(BLURRED).stages == ("decode", "resize")
    curve = of(BLURRED).curve
    assert curve is not None
    assert not curve.alone


def test_the_references_own_input_needs_no_more_evidence():
    for tensor in (NORMALISE(RIGHT), RIGHT):
        assert says(tensor, "values that differ") == "it is the reference's input"
        assert of(tensor).turn is of(tensor).channels is of(tensor).curve is None


def test_what_does_not_look_like_the_photo_is_said_to():
    other = np.random.default_rng(0).normal(size=(3, 64, 96)).astype(np.float32)
    assert says(other, "direction") == "it does not look like this photo at all"


def test_another_shape_is_compared_as_far_as_it_can_be():
    measured = of(NORMALISE(cv2.resize(RIGHT, (80, 80))[:, :, ::-1]))
    assert measured.curve is None
    assert measured.channels is not None
    assert measured.channels.order == (2, 1, 0)


@pytest.mark.parametrize(
    ("tensor", "layout"), [(RIGHT, "channels last: right only if a transpose follows"), (NORMALISE(RIGHT), "ONNX's layout")]
)
def test_the_layout_is_told(tensor, layout):
    assert says(tensor, "layout") == layout


def test_a_flat_tensor_can_be_measured():
    assert says(np.zeros((3, 64, 96), np.float32), "direction") == "it does not look like this photo at all"
