"""What the network is shown of a photo, and that it is put back where it came from."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lib.studies.resize import pictures as heatmaps
from lib.studies.resize import measure as resizing
from lib.deploy import Contract
from lib.deploy.contract import RULES
from lib.deploy.stages import preprocessing
from lib.mistakes import SHAPES
from lib.compare.view import View, centred, of_contract, whole
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


@pytest.fixture(scope="module")
def coffee(lite0):
    return resizing.shapes_seen(lite0, lite0.photos.readable[0])


def test_the_reference_comes_first_and_differs_from_itself_nowhere(coffee):
    assert coffee[0].rule == "reference"
    assert coffee[0].mean_difference == 0
    assert coffee[0].unseen == 0
    assert coffee[0].stretch == pytest.approx(1, abs=0.01)
    assert [each.rule for each in coffee[1:]] == [mistake.name for mistake in SHAPES]


def test_what_each_rule_shows_of_a_landscape_photo(coffee):
    seen = {each.rule: each for each in coffee}
    assert seen["squash"].stretch == pytest.approx(400 / 600)
    assert seen["squash"].unseen == 0
    assert seen["width and height swapped"].stretch == pytest.approx((400 / 600) ** 2, rel=0.01)
    assert seen["centre crop only"].unseen == pytest.approx(1 - 224 * 224 / (600 * 400), abs=0.02)
    assert seen["resize 256, crop 224"].unseen == pytest.approx(1 - 224 * 224 / (384 * 256), abs=0.02)
    assert seen["letterbox"].unseen == 0
    assert seen["squash"].mean_difference > 0.5
    assert seen["shifted by one"].mean_difference < 0.5  # the same pixels in another place


def test_orientations_are_told_apart(lite0):
    every = [resizing.shapes_seen(lite0, photo) for photo in lite0.photos.readable if photo.name in KINDS.values()]
    found = resizing.by_orientation(every)
    assert {kind: seen[0].photo.name for kind, seen in found.items()} == KINDS


KINDS = {"landscape": "coffee.png", "portrait": "grace_hopper.jpg", "square": "astronaut.png"}


def test_the_pictures_say_what_they_show(coffee, lite0):
    classes = lite0.subject.classes
    cards = heatmaps.cards(coffee, classes)
    assert cards.count("<figure>") == len(SHAPES)
    assert 'alt="squash shows 100% of coffee.png at 224×224' in cards
    assert "the likeliest class stays the same under all" in heatmaps.strip(coffee, classes)
