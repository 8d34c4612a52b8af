"""ONNX's Resize operator."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import picture
from tests.mistakes.committing import RESIZE, committed


def test_without_antialiasing_it_is_opencvs_linear():
    photo = picture(150, 110)
    assert np.abs(committed("ONNX linear", photo).astype(int) - committed("OpenCV linear", photo)).max() <= 1


@pytest.mark.parametrize("size", [(150, 110), (300, 220)])
def test_it_is_within_a_level_of_the_contracts_filter_with_antialias_and_exclude_outside(size):
    photo = picture(*size)
    nearly = committed("ONNX linear, antialiased, exclude_outside", photo).astype(int) - np.asarray(RESIZE(photo))
    assert np.abs(nearly).max() <= 1


@pytest.mark.parametrize(
    ("name", "levels"), [("ONNX linear", 10), ("ONNX linear, asymmetric", 10), ("ONNX linear, antialiased", 1)]
)
def test_no_other_set_of_attributes_is(name, levels):
    photo = picture(300, 220)
    assert np.abs(committed(name, photo).astype(int) - np.asarray(RESIZE(photo))).max() > levels
