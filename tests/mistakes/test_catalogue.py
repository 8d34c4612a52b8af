"""The catalogue: each mistake does what its name says, and nothing else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from lib import mistakes
from lib.deploy import STAGES, Contract, Pipeline
from lib.deploy.stages import decode, preprocessing, score
from lib.mistakes import CATALOGUE
from tests.conftest import encoded, picture

CONTRACT = Contract(64, "shorter-side", "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
RESIZE, NORMALISE = preprocessing(CONTRACT)
HEALTHY = Pipeline(decode, RESIZE, NORMALISE, lambda tensor: tensor, score)


def committed(name: str, value, contract: Contract = CONTRACT) -> np.ndarray:
    """What the stage with the mistake gives for ``value``."""
    mistake = CATALOGUE[name]
    return np.asarray(getattr(mistake.commit(HEALTHY, contract), mistake.stage)(value))


def smooth(width: int, height: int) -> Image.Image:
    """A picture without detail, on which every sensible filter agrees."""
    y, x = np.mgrid[0:height, 0:width]
    channels = [100 + 60 * np.sin(x / width * 3), 120 + 50 * np.cos(y / height * 2), 40 + 160 * x / width]
    return Image.fromarray(np.stack(channels, axis=2).astype(np.uint8))


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_mistake_changes_its_stage_alone_and_explains_itself(name):
    mistake = CATALOGUE[name]
    broken = mistake.commit(HEALTHY, CONTRACT)
    changed = [stage for stage in STAGES if getattr(broken, stage) is not getattr(HEALTHY, stage)]
    assert changed == [mistake.stage]
    assert mistake.code
    assert mistake.why
    assert "\n" not in mistake.code


def test_the_catalogue_has_every_family():
    families = (mistakes.DECODING, mistakes.SHAPES, mistakes.KERNELS, mistakes.COLOUR, mistakes.NORMALISATION)
    assert [len(family) for family in families] == [5, 7, 25, 3, 10]
    assert len(CATALOGUE) == 50


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
    left, top = round((width - 64) / 2), round((height - 64) / 2)
    np.testing.assert_array_equal(committed("centre crop only", photo), np.asarray(photo)[top : top + 64, left : left + 64])


def test_resize_256_crop_224_is_torchvisions():
    transforms = pytest.importorskip("tests.torchvision_transforms").transforms
    contract = Contract(224, "shorter-side", "bilinear", CONTRACT.mean, CONTRACT.std)
    photo = picture(641, 427)
    expected = transforms.CenterCrop(224)(transforms.Resize(256)(photo))
    np.testing.assert_array_equal(committed("resize 256, crop 224", photo, contract), np.asarray(expected))


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


@pytest.mark.parametrize("name", [mistake.name for mistake in mistakes.KERNELS])
def test_every_filter_gives_the_right_shape_and_agrees_on_a_picture_without_detail(name):
    photo = smooth(150, 110)
    got = committed(name, photo)
    right = np.asarray(RESIZE(photo))
    assert got.shape == right.shape
    assert got.dtype == np.uint8
    # nearest neighbours and the corner-bound coordinates are off by about a pixel of slope, the others by less
    assert np.abs(got.astype(int) - right).max() <= 6


def test_filters_that_are_the_same_under_another_name():
    photo = picture(150, 110)
    same = np.testing.assert_array_equal
    same(committed("Pillow bilinear", photo), np.asarray(RESIZE(photo)))
    same(committed("OpenCV nearest-exact", photo), committed("Pillow nearest", photo))
    for name in ("torch bilinear", "ONNX linear", "scikit-image"):
        assert np.abs(committed(name, photo).astype(int) - committed("OpenCV linear", photo)).max() <= 1
    nearly = committed("ONNX linear, antialiased, exclude_outside", photo).astype(int) - np.asarray(RESIZE(photo))
    assert np.abs(nearly).max() <= 1


def test_filters_that_are_not_the_same_under_the_same_name():
    photo = picture(300, 220)
    right = np.asarray(RESIZE(photo)).astype(int)
    for name in ("OpenCV linear", "torch bilinear", "ONNX linear", "Pillow nearest", "OpenCV area", "ONNX linear, asymmetric"):
        assert np.abs(committed(name, photo) - right).max() > 10, name
    assert np.abs(committed("ONNX linear, antialiased", photo) - right).max() > 1


def test_reducing_gap_shows_when_a_large_photo_shrinks():
    large = picture(900, 700)
    assert (committed("Pillow reducing_gap", large) != np.asarray(RESIZE(large))).any()


def test_truncation_darkens_by_half_a_level():
    photo = picture(150, 110)
    bias = (committed("truncated levels", photo).astype(int) - np.asarray(RESIZE(photo))).mean()
    assert -0.7 < bias < -0.3


def test_bgr_swaps_red_and_blue():
    photo = picture(70, 64)
    np.testing.assert_array_equal(committed("BGR", photo), np.asarray(RESIZE(photo))[:, :, ::-1])


@pytest.mark.parametrize("size", [(70, 64), (65, 64), (64, 65)])
def test_yuv_keeps_lightness_and_blurs_colour(size):
    photo = picture(*size)
    right, got = np.asarray(RESIZE(photo)), committed("YUV 4:2:0", photo)
    lightness = [cv2.cvtColor(np.ascontiguousarray(p), cv2.COLOR_RGB2GRAY).astype(int) for p in (right, got)]
    colour = np.abs(got.astype(int) - right)
    assert colour.mean() > 5
    assert np.abs(lightness[0] - lightness[1]).mean() < colour.mean() / 2


def test_normalisation_by_its_formulas():
    pixels = np.asarray(picture(8, 6)).astype(np.float64)
    mean, std = np.array(CONTRACT.mean), np.array(CONTRACT.std)
    formulas = {
        "levels as they are": pixels,
        "no division by 255": (pixels - mean) / std,
        "divided by 255 twice": (pixels / 255 / 255 - mean) / std,
        "no mean and std": pixels / 255,
        "mean and std of 0.5": (pixels / 255 - 0.5) / 0.5,
        "ImageNet's mean and std": (pixels / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225],
        "Lite's mean and std": (pixels - 127) / 128,
        "mean and std in BGR order": (pixels / 255 - mean[::-1]) / std[::-1],
    }
    for name, expected in formulas.items():
        got = committed(name, picture(8, 6))
        assert got.dtype == np.float32, name
        np.testing.assert_allclose(got, expected.transpose(2, 0, 1)[None], rtol=1e-5, atol=1e-5, err_msg=name)


def test_reshape_for_transpose_keeps_the_bytes_in_their_order():
    photo = picture(8, 6)
    got = committed("reshape for transpose", photo)
    assert got.shape == (1, 3, 6, 8)
    planes = np.asarray(photo).reshape(3, 6, 8) / 255.0
    expected = (planes - np.array(CONTRACT.mean)[:, None, None]) / np.array(CONTRACT.std)[:, None, None]
    np.testing.assert_allclose(got[0], expected, rtol=1e-5, atol=1e-5)


def test_dot_t_swaps_height_and_width():
    photo = picture(8, 6)
    np.testing.assert_array_equal(committed("transposed by .T", photo), NORMALISE(photo).transpose(0, 1, 3, 2))
