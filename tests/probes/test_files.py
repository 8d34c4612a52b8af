"""Orientations: as a picture lies in the file, so it comes out upright."""

from __future__ import annotations

import numpy as np
import pytest

from lib.deploy.stages import decode
from lib.probes.files import exif, stored
from tests.conftest import encoded, picture


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_comes_out_upright(orientation):
    upright = picture(31, 20)
    data = encoded(stored(upright, orientation), exif=exif(orientation))
    np.testing.assert_array_equal(np.asarray(decode(data)), np.asarray(upright))
