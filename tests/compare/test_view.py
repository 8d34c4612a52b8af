"""What the network is shown of a photo, and that it is put back where it came from."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lib.compare.view import View, centred, denormalised, densest, of_contract, shown, whole
from lib.deploy import Contract
from lib.deploy.contract import RULES
from lib.deploy.stages import Normalise, preprocessing
from tests.conftest import picture

CONTRACT = Contract(64, "squash", "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("size", [(90, 70), (70, 91), (64, 64), (20, 200)])
def test_a_contracts_view_renders_what_its_resize_stage_gives(rule, size):
    crop = 50 if rule == "shorter-side-crop" else None
    contract = Contract(64, rule, "bilinear", (0.5,) * 3, (0.5,) * 3, crop)
    photo = picture(*size)
    view = of_contract(contract, *size)
    resize, _ = preprocessing(contract)
    given = resize(photo)
    np.testing.assert_array_equal(np.asarray(view.render(photo, Image.Resampling.BILINEAR)), np.asarray(given))
    assert view.size == given.size


def test_a_whole_view_is_put_back_over_the_whole_photo():
    pixels = np.asarray(picture(12, 8))
    np.testing.assert_array_equal(whole((12, 8)).in_photo(pixels, 12, 8), pixels)
    squashed = whole((4, 4)).in_photo(np.arange(16).reshape(4, 4), 8, 4)
    np.testing.assert_array_equal(squashed[0], [0, 0, 1, 1, 2, 2, 3, 3])


def test_a_crop_is_put_back_in_its_place_and_the_rest_is_unseen():
    pixels = np.asarray(picture(12, 8))
    view = centred((12, 8), 4)
    back = view.in_photo(np.asarray(view.render(picture(12, 8), Image.Resampling.BILINEAR)), 12, 8)
    np.testing.assert_array_equal(back[2:6, 4:8], pixels[2:6, 4:8])
    assert np.isnan(back).sum() == (12 * 8 - 4 * 4) * 3


def test_black_bars_are_no_part_of_the_photo():
    letterbox = View((8, 4), (0, -2, 8, 6))
    rendered = np.asarray(letterbox.render(Image.new("RGB", (16, 8), "white"), Image.Resampling.BILINEAR))
    assert rendered.shape == (8, 8, 3)
    assert not rendered[:2].any()
    assert (letterbox.in_photo(rendered, 16, 8) == 255).all()


def test_the_densest_window_is_found():
    values = np.zeros((10, 12))
    values[6:8, 3:6] = 1
    values[0, 0] = 3
    assert densest(values, 2, 3) == (slice(6, 8), slice(3, 6))
    assert densest(values, 1, 1) == (slice(0, 1), slice(0, 1))
    assert densest(values, 20, 20) == (slice(0, 10), slice(0, 12))


def test_normalisation_is_undone():
    pixels = np.asarray(picture(9, 7))
    tensor = Normalise(CONTRACT.mean, CONTRACT.std)(pixels)
    np.testing.assert_allclose(denormalised(tensor[0], CONTRACT), pixels.transpose(2, 0, 1), atol=1e-4)
    assert denormalised(tensor[0], CONTRACT).dtype == np.float64
    np.testing.assert_array_equal(shown(tensor, CONTRACT), pixels)


def test_another_normalisation_is_shown_as_far_as_levels_go():
    levels = np.array([0, 255, 255], np.float32).reshape(1, 3, 1, 1)  # fed as they are, without normalisation
    assert denormalised(levels[0], CONTRACT).max() > 255
    assert list(shown(levels, CONTRACT)[0, 0]) == [round(0.485 * 255), 255, 255]
