"""Which part of a photo the network is shown, and that it is put back where it came from."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lib.compare.view import View, centred, denormalised, densest, of_contract, shown, whole
from lib.deploy import Contract
from lib.deploy.contract import RULES
from lib.deploy.stages import Normalise, preprocessing
from tests.conftest import picture


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("size", [(90, 70), (70, 91), (64, 64), (20, 200)])
def test_a_contracts_view_renders_what_its_resize_stage_gives(rule, size):
    crop = 50 if rule == "shorter-side-crop" else None
    contract = Contract(64, rule, "bilinear", (0.5,) * 3, (0.5,) * 3, crop)
    photo = picture(*size)
    view = of_contract(contract, *size)
    resize, _ = preprocessing(contract)
    np.testing.assert_array_equal(np.asarray(view.render(photo, Image.Resampling.BILINEAR)), np.asarray(resize(photo)))


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


def test_the_densest_window_holds_what_there_is():
    values = np.zeros((60, 90))
    values[40:44, 70:80] = 5
    rows, columns = densest(values, 7, 11)
    assert (rows.stop - rows.start, columns.stop - columns.start) == (7, 11)
    assert values[rows, columns].sum() == values.sum()
    assert densest(values, 100, 100) == (slice(0, 60), slice(0, 90))


def test_a_normalised_picture_is_shown_as_it_was():
    contract = Contract(64, "shorter-side", "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    photo = picture(9, 6)
    tensor = preprocessing(contract)[1](photo)
    np.testing.assert_array_equal(shown(tensor, contract), np.asarray(photo))
    np.testing.assert_allclose(denormalised(tensor[0], contract).transpose(1, 2, 0), np.asarray(photo), atol=1e-3)


def test_levels_out_of_range_are_cut_where_they_are_shown_alone():
    contract = Contract(64, "shorter-side", "bilinear", (0.5,) * 3, (0.25,) * 3)
    tensor = Normalise((0.5,) * 3, (0.125,) * 3)(np.full((2, 2, 3), 255, np.uint8))
    assert (denormalised(tensor[0], contract) > 255).all()
    assert (shown(tensor, contract) == 255).all()
