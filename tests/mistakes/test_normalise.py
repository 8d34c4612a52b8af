"""Mistakes in normalisation."""

from __future__ import annotations

import numpy as np

from tests.conftest import picture
from tests.mistakes.committing import CONTRACT, NORMALISE, committed


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
