"""Probes of CMYK."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from lib.probes import Motif, modes


@pytest.mark.parametrize("name", ["CMYK JPEG", "CMYK TIFF", "YCCK JPEG"])
def test_all_four_plates_have_ink(name):
    data = next(probe.data for probe in modes.probes(Motif.bundled()) if probe.name == name)
    with Image.open(io.BytesIO(data)) as image:
        assert all(np.asarray(plate).std() > 10 for plate in image.split())
