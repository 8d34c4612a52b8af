"""Mistakes in sharpness."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import laplace

from tests.conftest import picture
from tests.mistakes.committing import RESIZE, committed, smooth


@pytest.mark.parametrize("name", ["sharpened", "unsharp mask"])
def test_fine_detail_grows_and_what_has_none_stays(name):
    photo = picture(150, 110)
    right, got = (np.asarray(each, np.float64).mean(axis=2) for each in (RESIZE(photo), committed(name, photo)))
    assert laplace(got).std() > 1.3 * laplace(right).std()
    flat = smooth(90, 70)
    assert np.abs(committed(name, flat).astype(int) - np.asarray(RESIZE(flat))).mean() < 1
