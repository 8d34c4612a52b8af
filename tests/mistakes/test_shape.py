"""Mistakes in shape."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageOps

from lib.deploy import BadPhoto, Contract
from lib.mistakes import SHAPES
from lib.mistakes.shape import VIEWERS
from tests.conftest import picture
from tests.mistakes.committing import CONTRACT, RESIZE, committed, smooth


@pytest.mark.parametrize("size", [(90, 70), (70, 90), (80, 80), (200, 67)])
def test_shapes(size):
    photo = picture(*size)
    width, height = size
    bilinear = Image.Resampling.BILINEAR
    right = np.asarray(RESIZE(photo))
    np.testing.assert_array_equal(committed("squash", photo), np.asarray(photo.resize((64, 64), bilinear)))
    np.testing.assert_array_equal(committed("letterbox", photo).shape, (64, 64, 3))
    assert committed("width and height swapped", photo).shape == (right.shape[1], right.shape[0], 3)
    np.testing.assert_array_equal(committed("shifted by one", photo)[:-1, :-1], right[1:, 1:])
    assert not committed("shifted by one", photo)[-1].any()
    assert committed("resize to the crop's size", photo).shape == (64, 64, 3)
    np.testing.assert_array_equal(committed("resize and corner crop", photo), right[:64, :64])
    left, top = round((width - 64) / 2), round((height - 64) / 2)
    np.testing.assert_array_equal(committed("centre crop only", photo), np.asarray(photo)[top : top + 64, left : left + 64])


def test_resize_larger_and_crop_is_torchvisions_256_and_224():
    transforms = pytest.importorskip("tests.deploy.torchvision_transforms").transforms
    contract = Contract(224, "shorter-side", "bilinear", CONTRACT.mean, CONTRACT.std)
    photo = picture(641, 427)
    expected = transforms.CenterCrop(224)(transforms.Resize(256)(photo))
    np.testing.assert_array_equal(committed("resize larger and crop", photo, contract), np.asarray(expected))


RULES = [CONTRACT, replace(CONTRACT, rule="squash"), replace(CONTRACT, size=73, rule="shorter-side-crop", crop=64)]


@pytest.mark.parametrize("contract", RULES, ids=lambda contract: contract.rule)
def test_a_crop_is_torchvisions_whatever_the_rule_of_the_contract(contract):
    transforms = pytest.importorskip("tests.deploy.torchvision_transforms").transforms
    photo = picture(641, 427)
    scaled = transforms.Resize(contract.size)(photo)
    expected = np.asarray(transforms.CenterCrop(64)(scaled))
    np.testing.assert_array_equal(
        committed("resize to the crop's size", photo, contract),
        np.asarray(transforms.CenterCrop(64)(transforms.Resize(64)(photo))),
    )
    if contract.crop is None and contract.rule == "shorter-side":
        np.testing.assert_array_equal(committed("resize to the crop's size", photo, contract), expected)
    np.testing.assert_array_equal(committed("resize and corner crop", photo, contract), np.asarray(scaled)[:64, :64])


@pytest.mark.parametrize("contract", RULES, ids=lambda contract: contract.rule)
def test_no_rule_scales_a_line_of_pixels_to_gigabytes(contract):
    line = picture(3000, 2)
    for name in VIEWERS:
        try:
            shown = committed(name, line, contract)
        except BadPhoto:
            continue
        assert max(shown.shape) <= 3000, name


def test_letterbox_is_pillows_pad_with_black_bars():
    photo = smooth(128, 64)
    got = committed("letterbox", photo)
    np.testing.assert_array_equal(got, np.asarray(ImageOps.pad(photo, (64, 64), Image.Resampling.BILINEAR)))
    assert not got[:16].any()
    assert not got[-16:].any()


def test_a_rounded_side_is_one_pixel_off_where_truncating_differs():
    contract = Contract(224, "shorter-side", "bilinear", CONTRACT.mean, CONTRACT.std)
    assert committed("side rounded", picture(640, 427), contract).shape == (224, 336, 3)  # 335.74: the reference has 335
    assert committed("side rounded", picture(600, 400), contract).shape == (224, 336, 3)


@pytest.mark.parametrize("name", VIEWERS)
@pytest.mark.parametrize("size", [(90, 70), (70, 90)])
def test_a_view_says_what_its_mistake_shows(name, size):
    shown = committed(name, picture(*size))
    assert shown.shape[1::-1] == VIEWERS[name](CONTRACT, *size).size
    assert [mistake.name for mistake in SHAPES] == list(VIEWERS)


def test_a_squash_may_come_before_the_crop():
    contract = Contract(73, "shorter-side-crop", "bilinear", CONTRACT.mean, CONTRACT.std, crop=64)
    photo = picture(150, 100)
    squashed = np.asarray(photo.resize((73, 73), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(committed("squash, then crop", photo, contract), squashed[4:68, 4:68])  # 4.5 goes to 4


@pytest.mark.parametrize(("name", "left"), [("crop rounded down", 22), ("crop rounded up", 23)])
def test_a_crop_may_be_rounded_in_another_way(name, left):
    contract = Contract(73, "shorter-side-crop", "bilinear", CONTRACT.mean, CONTRACT.std, crop=64)
    photo = picture(150, 100)  # 109 by 73 pixels: 45 are left over across, and 9 down
    scaled = np.asarray(photo.resize((109, 73), Image.Resampling.BILINEAR))
    top = 4 if left == 22 else 5
    np.testing.assert_array_equal(committed(name, photo, contract), scaled[top : top + 64, left : left + 64])
    np.testing.assert_array_equal(committed(name, photo), np.asarray(RESIZE(photo)))  # where nothing is cropped
