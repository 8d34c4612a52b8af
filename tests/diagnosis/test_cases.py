"""Tensors of services on which diagnosis was wrong or silent, as their owners told it in public, on photos made for it.

All are meant to be Resize(256), CenterCrop(224), bilinear, ImageNet's mean and std.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lib.deploy import Contract
from lib.diagnosis import diagnose
from lib.mistakes.normalise import IMAGENET
from lib.report.diagnosis_page import sentences

CASES = Path(__file__).with_name("cases")
CONTRACT = Contract(256, "shorter-side-crop", "bilinear", *IMAGENET, crop=224)
TWO_TAPS = "bilinear without antialiasing"


def found(name: str):
    photo = CASES / f"{name.partition('_')[0]}.jpg"
    return diagnose(photo.read_bytes(), np.load(CASES / f"{name}.npz")["tensor"], CONTRACT)


@pytest.mark.parametrize(
    ("name", "effects", "stage"),
    [
        ("exif6_two_taps", ("EXIF ignored", TWO_TAPS), "decode"),  # was called torch bilinear and turned counter-clockwise
        ("exif6_java", ("EXIF ignored", TWO_TAPS), "decode"),
        ("exif6_gd", ("EXIF ignored", "area"), "decode"),
        ("wide_resize_224_crop_224", ("resize to the crop's size",), "resize"),  # was called sharp's cover
        ("wide_256_by_256_crop_224", ("squash, then crop",), "resize"),
        ("wide_crop_rounded_down", ("crop rounded down",), "resize"),
        ("wide_squash_nearest", ("squash", "nearest"), "resize"),  # was called Hugging Face's EfficientNet
        ("wide_squash_opencv", ("squash", TWO_TAPS), "resize"),
        ("wide_squash_opencv_only_255", ("squash", TWO_TAPS, "no mean and std"), "resize"),
        ("wide_normalised_then_opencv", (TWO_TAPS,), "resize"),
        ("smooth_halved", ("halving, then bilinear",), "resize"),  # was called OpenCV area, at 43 %
        ("wide_601_read_as_709", ("BT.601 read as BT.709",), "resize"),
    ],
)
def test_what_was_done_is_named(name, effects, stage):
    finding = found(name)
    assert finding.effects == effects
    assert finding.stages == (stage,)
    assert finding.explained > 0.95


def test_libraries_that_cannot_be_told_apart_are_all_named():
    said = " ".join(sentences(found("wide_normalised_then_opencv")))
    for library in ("torch bilinear", "OpenCV linear", "ONNX linear", "scikit-image"):
        assert library in said


def test_who_does_so_is_told():
    said = " ".join(sentences(found("wide_squash_nearest")))
    assert "Squash: so do cv2.resize(image, (224, 224))" in said
    assert "Nearest: so do" in said


def test_the_mean_and_std_of_a_naive_service_are_printed():
    said = " ".join(sentences(found("wide_squash_opencv_only_255")))
    assert "with mean 0, 0, 0 and std 1, 1, 1." in said
