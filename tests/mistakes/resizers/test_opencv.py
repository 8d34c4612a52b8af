"""OpenCV's filters."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import picture
from tests.mistakes.committing import RESIZE, committed


def test_nearest_exact_is_pillows_nearest():
    photo = picture(150, 110)
    np.testing.assert_array_equal(committed("OpenCV nearest-exact", photo), committed("Pillow nearest", photo))


@pytest.mark.parametrize("name", ["OpenCV linear", "OpenCV area"])
def test_its_filters_are_not_the_contracts(name):
    photo = picture(300, 220)
    assert np.abs(committed(name, photo).astype(int) - np.asarray(RESIZE(photo))).max() > 10
