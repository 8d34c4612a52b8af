"""scikit-image's ``resize``."""

from __future__ import annotations

import numpy as np

from tests.conftest import picture
from tests.mistakes.committing import RESIZE, committed


def test_without_antialiasing_it_is_opencvs_linear():
    photo = picture(150, 110)
    assert np.abs(committed("scikit-image", photo).astype(int) - committed("OpenCV linear", photo)).max() <= 1


def test_its_antialiasing_is_another():
    photo = picture(300, 220)
    right = np.asarray(RESIZE(photo)).astype(int)
    plain, blurred = (np.abs(committed(name, photo) - right) for name in ("scikit-image", "scikit-image, antialiased"))
    assert blurred.max() > 1
    assert blurred.mean() < plain.mean()
