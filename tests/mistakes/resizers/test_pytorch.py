"""PyTorch's ``interpolate``."""

from __future__ import annotations

import numpy as np

from tests.conftest import picture
from tests.mistakes.committing import RESIZE, committed


def test_without_antialiasing_it_is_opencvs_linear():
    photo = picture(150, 110)
    assert np.abs(committed("torch bilinear", photo).astype(int) - committed("OpenCV linear", photo)).max() <= 1


def test_antialiasing_makes_the_difference():
    photo = picture(300, 220)
    right = np.asarray(RESIZE(photo)).astype(int)
    assert np.abs(committed("torch bilinear", photo) - right).max() > 10
    assert np.abs(committed("torch bilinear, antialiased", photo) - right).max() <= 1
