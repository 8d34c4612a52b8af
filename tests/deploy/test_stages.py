"""The five stages; the first three are held to torchvision's own transforms."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from lib.deploy import BadInput, Contract
from lib.deploy.contract import FILTERS, RULES
from lib.deploy.stages import Normalise, Resize, decode, preprocessing, score
from lib.inputs import photos
from lib.networks import reference
from tests.conftest import encoded, picture
from tests.deploy.torchvision_transforms import preprocessing as torchvision_preprocessing

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
LITE = ((127 / 255,) * 3, (128 / 255,) * 3)


def contract(rule: str, filter_: str = "bilinear", size: int = 224, statistics: tuple = IMAGENET) -> Contract:
    crop = size - 32 if rule == "shorter-side-crop" else None
    return Contract(size, rule, filter_, *statistics, crop=crop)


def deployed(image: Image.Image, wanted: Contract) -> np.ndarray:
    resize, normalise = preprocessing(wanted)
    return normalise(resize(image))


def assert_equals_torchvision(image: Image.Image, wanted: Contract) -> None:
    expected = torchvision_preprocessing(wanted)(image).unsqueeze(0).numpy()
    pytorch = reference.pipeline(torch.nn.Identity(), wanted)
    for got in (deployed(image, wanted), pytorch.normalise(pytorch.resize(image))):
        assert got.dtype == np.float32
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("statistics", [IMAGENET, LITE], ids=["imagenet", "lite"])
@pytest.mark.parametrize("photo", photos.load().readable, ids=lambda photo: photo.name)
def test_bundled_photos_are_bit_identical_to_torchvision(photo, rule, statistics):
    assert_equals_torchvision(decode(photo.data), contract(rule, statistics=statistics))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("filter_", FILTERS)
def test_every_rule_and_filter_is_bit_identical_to_torchvision(rule, filter_):
    for size in ((300, 451), (451, 300), (64, 64)):
        assert_equals_torchvision(picture(*size), contract(rule, filter_, size=57))


def test_sizes_that_truncate_or_enlarge_are_bit_identical_to_torchvision():
    sizes = [(427, 640), (640, 427), (31, 29), (224, 224), (224, 300), (1, 7), (333, 1000), (97, 89)]
    for size in sizes:
        assert_equals_torchvision(picture(*size), contract("shorter-side", size=61))
        assert_equals_torchvision(picture(*size), contract("shorter-side-crop", size=61))


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "CMYK", "LA"])
def test_every_mode_becomes_rgb_as_pillow_converts_it(mode):
    image = picture(40, 30).convert(mode)
    kind = "TIFF" if mode == "CMYK" else "PNG"
    expected = Image.open(__import__("io").BytesIO(encoded(image, kind))).convert("RGB")
    np.testing.assert_array_equal(np.asarray(decode(encoded(image, kind))), np.asarray(expected))


def test_the_longer_side_is_truncated_not_rounded():
    assert Resize(224, "shorter-side", "bilinear").target(640, 427) == (335, 224)  # 335.74 before truncation
    assert Resize(224, "shorter-side", "bilinear").target(427, 640) == (224, 335)


def test_resize_takes_an_array_as_it_takes_an_image():
    image = picture(50, 40)
    resize = Resize(20, "shorter-side", "bilinear")
    np.testing.assert_array_equal(np.asarray(resize(np.asarray(image))), np.asarray(resize(image)))


def test_normalise_equals_torch_for_all_levels():
    levels = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    tensor = torch.from_numpy(levels).permute(2, 0, 1).float().div(255)
    for mean, std in (IMAGENET, LITE):
        expected = (tensor - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)
        np.testing.assert_array_equal(Normalise(mean, std)(levels)[0], expected.numpy())


def test_normalise_refuses_what_is_not_a_uint8_picture():
    with pytest.raises(BadInput, match=r"uint8 \(H, W, 3\)"):
        Normalise(*IMAGENET)(np.zeros((3, 8, 8), np.float32))


def test_exif_orientation_turns_the_picture_upright():
    image = picture(30, 20)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned; the picture is to be rotated by 270 degrees
    assert decode(encoded(image, "PNG", exif=exif)).size == (20, 30)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"no picture at all", "not an image"),
        (encoded(picture(60, 60), "JPEG")[:700], "cannot be decoded"),
        (encoded(picture(60, 60), "PNG")[:3000], "cannot be decoded"),
        (encoded(Image.new("I;16", (8, 8))), "deeper than 8 bits"),
    ],
    ids=["empty", "text", "truncated JPEG", "truncated PNG", "16 bit"],
)
def test_what_cannot_be_decoded_is_refused_in_one_line(data, reason):
    with pytest.raises(BadInput, match=reason) as refused:
        decode(data)
    assert "\n" not in str(refused.value)


def test_softmax_sums_to_one_and_survives_large_logits():
    probabilities = score([[1000.0, 999.0, -1000.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(probabilities[0, :2], [0.7310586, 0.26894143], rtol=1e-6)
    assert probabilities.dtype == np.float32
