"""Processors that set shape and filter at once."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lib.mistakes import PROCESSORS
from lib.mistakes.processors import VIEWERS
from tests.conftest import picture
from tests.mistakes.committing import CONTRACT, committed, smooth


@pytest.mark.parametrize("name", VIEWERS)
@pytest.mark.parametrize("size", [(90, 70), (70, 91), (200, 67), (64, 64)])
def test_a_view_says_what_its_processor_shows(name, size):
    assert committed(name, picture(*size)).shape[1::-1] == VIEWERS[name](CONTRACT, *size).size == (64, 64)
    assert [mistake.name for mistake in PROCESSORS] == list(VIEWERS)


def test_hugging_faces_processor_squashes_and_picks_the_nearest_pixel():
    photo = picture(150, 100)
    expected = photo.resize((64, 64), Image.Resampling.NEAREST)
    np.testing.assert_array_equal(committed("squash, nearest", photo), np.asarray(expected))


def test_cover_crops_the_middle_of_the_right_size():
    photo = picture(128, 64)
    np.testing.assert_array_equal(committed("cover, lanczos", photo), np.asarray(photo)[:, 32:96])
    upright = np.asarray(smooth(100, 160).resize((64, 102), Image.Resampling.LANCZOS))
    assert np.abs(committed("cover, lanczos", smooth(100, 160)).astype(int) - upright[19:83]).max() <= 1


def test_a_side_that_is_no_whole_number_is_not_stretched_to_one():
    # 600 rows shrink to 262.5, and libvips keeps that scale: a ramp down the photo keeps its slope
    ramp = np.repeat(np.linspace(0, 240, 600)[:, None], 512, axis=1)
    photo = Image.fromarray(np.repeat(ramp[:, :, None], 3, axis=2).astype(np.uint8))
    got = committed("cover, lanczos", photo)[:, 32, 0].astype(float)
    assert np.polyfit(np.arange(64), got, 1)[0] == pytest.approx(240 / 599 * 512 / 64, rel=0.002)
