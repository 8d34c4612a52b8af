"""Files that Pillow does not write by itself."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

from lib.probes import modes
from tests.conftest import encoded, picture


def test_a_ycck_jpeg_is_valid_and_has_other_colours_than_the_cmyk_one():
    cmyk = encoded(picture(64, 48).convert("CMYK"), "JPEG")
    with Image.open(io.BytesIO(modes.ycck(cmyk))) as image:
        assert (image.mode, image.info["adobe_transform"]) == ("CMYK", 2)
        assert not np.array_equal(np.asarray(image), np.asarray(Image.open(io.BytesIO(cmyk))))


def test_whoever_applies_the_profile_gets_other_colours():
    red = Image.new("RGB", (4, 4), (250, 10, 10))
    profile = ImageCms.ImageCmsProfile(io.BytesIO(modes.swapped_profile()))
    applied = ImageCms.profileToProfile(red, profile, ImageCms.createProfile("sRGB"))
    assert applied is not None
    assert applied.getpixel((0, 0)) != red.getpixel((0, 0))
    assert "sRGB" not in ImageCms.getProfileDescription(profile)  # which some services look for, to pass it over
