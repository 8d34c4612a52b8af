"""Mistakes in decoding."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lib.deploy.stages import decode
from tests.conftest import encoded, picture
from tests.mistakes.committing import committed


def test_exif_ignored_leaves_the_photo_on_its_side():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(picture(30, 20), exif=exif)
    assert committed("EXIF ignored", data).shape == (20, 30, 3)
    assert np.asarray(decode(data)).shape == (30, 20, 3)


def test_mode_unconverted_takes_palette_indices_for_grey_and_inks_for_light():
    palette = picture(30, 20).quantize(16)
    got = committed("mode unconverted", encoded(palette))
    np.testing.assert_array_equal(got, np.repeat(np.asarray(palette)[:, :, None], 3, axis=2))
    cmyk = picture(30, 20).convert("CMYK")
    np.testing.assert_array_equal(committed("mode unconverted", encoded(cmyk, "TIFF")), np.asarray(cmyk)[:, :, :3])
    grey = encoded(picture(30, 20, "L"))
    np.testing.assert_array_equal(committed("mode unconverted", grey), np.asarray(decode(grey)))


def test_draft_mode_decodes_a_large_jpeg_small():
    data = encoded(picture(640, 512), "JPEG")
    assert committed("JPEG draft mode", data).shape == (64, 80, 3)
    png = encoded(picture(640, 512))
    np.testing.assert_array_equal(committed("JPEG draft mode", png), np.asarray(decode(png)))


def test_opencv_decodes_a_png_as_pillow_does():
    data = encoded(picture(30, 20))
    np.testing.assert_array_equal(committed("OpenCV decode", data), np.asarray(decode(data)))


def test_a_re_encoded_photo_differs_a_little():
    data = encoded(picture(30, 20))
    difference = np.abs(committed("re-encoded JPEG", data).astype(int) - np.asarray(decode(data)))
    assert 0 < difference.mean() < 40


def test_premultiplied_alpha_darkens_what_is_see_through():
    photo = picture(30, 20)
    right = np.asarray(photo).astype(int)
    photo.putalpha(128)
    got = committed("premultiplied alpha", encoded(photo))
    assert np.abs(got - right * 128 / 255).max() <= 1
    opaque = encoded(picture(30, 20))
    np.testing.assert_array_equal(committed("premultiplied alpha", opaque), np.asarray(decode(opaque)))


@pytest.mark.parametrize(
    ("size", "decoded"),
    [
        ((100, 100), (100, 100)),
        ((191, 150), (191, 150)),  # 2.3 times the network's 64: sharp halves the factor where it is whole
        ((301, 200), (150, 100)),  # 3.1 times
        ((640, 512), (160, 128)),  # 8 times
        ((999, 600), (124, 75)),  # 9.4 times
    ],
)
def test_libvips_shrinks_a_large_jpeg_on_load(size, decoded):
    assert committed("JPEG shrunk on load", encoded(picture(*size), "JPEG")).shape[1::-1] == decoded
    png = encoded(picture(*size))
    np.testing.assert_array_equal(committed("JPEG shrunk on load", png), np.asarray(decode(png)))
