"""libvips without antialiasing, as sharp for Node.js has it."""

from __future__ import annotations

import numpy as np

from lib.mistakes.resizers.libvips import nearest
from lib.mistakes.resizers.pillow import RESIZERS

PLACES = np.moveaxis(np.mgrid[0:200, 0:250, 0:1][:, :, :, 0], 0, 2).astype(np.uint8)  # each pixel says where it is
PIXELS = np.dstack([PLACES, np.zeros((200, 250, 1), np.uint8)])


def test_up_to_four_times_smaller_it_is_pillows():
    (pillow,) = (each.scale for each in RESIZERS if each.effect == "nearest")
    for size in ((250, 200), (113, 73), (67, 53)):
        # right between two pixels, Pillow takes either
        assert (nearest(PIXELS, size) != pillow(PIXELS, size)).mean() < 0.01


def test_of_larger_ones_only_every_second_pixel_is_looked_at_or_fewer():
    assert not (nearest(PIXELS, (60, 50))[..., :2] % 2).any()
    assert not (nearest(PIXELS, (30, 30))[..., 0] % 3).any()
    assert not (nearest(PIXELS, (30, 30))[..., 1] % 4).any()


def test_larger_than_it_was_repeats_pixels():
    np.testing.assert_array_equal(nearest(PIXELS, (500, 400))[::2, ::2], PIXELS)
