"""PyTorch's pipeline; tests/deploy/test_stages.py holds its preprocessing to torchvision's own transforms."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from lib.deploy import Contract
from lib.deploy.contract import RULES
from lib.networks import reference
from tests.conftest import encoded, picture


def contract(rule: str = "shorter-side") -> Contract:
    crop = 48 if rule == "shorter-side-crop" else None
    return Contract(64, rule, "bilinear", (0.5, 0.4, 0.3), (0.2, 0.3, 0.4), crop=crop)


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "CMYK"])
def test_a_photo_is_decoded_to_rgb(mode):
    data = encoded(picture(40, 30).convert(mode), "TIFF" if mode == "CMYK" else "PNG")
    decoded = reference.decode(data)
    assert (decoded.mode, decoded.size) == ("RGB", (40, 30))
    np.testing.assert_array_equal(np.asarray(decoded), np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))


def test_a_photo_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert reference.decode(encoded(picture(30, 20), exif=exif)).size == (20, 30)


@pytest.mark.parametrize("rule", RULES)
def test_an_array_is_resized_as_the_picture_is(rule):
    resize = reference.pipeline(nn.Identity(), contract(rule)).resize
    image = picture(90, 70)
    np.testing.assert_array_equal(np.asarray(resize(np.asarray(image))), np.asarray(resize(image)))


def test_normalised_values_are_the_formulas():
    normalise = reference.pipeline(nn.Identity(), contract()).normalise
    pixels = np.asarray(picture(9, 7))
    expected = (pixels / 255 - np.array(contract().mean)) / np.array(contract().std)
    tensor = normalise(pixels)
    assert (tensor.dtype, tensor.shape) == (np.float32, (1, 3, 7, 9))
    np.testing.assert_allclose(tensor[0].transpose(1, 2, 0), expected, atol=1e-6)


def test_the_module_is_run_without_gradients():
    layer = nn.Linear(4, 3)
    logits = reference.infer(layer)(np.ones((1, 4), np.float32))
    assert isinstance(logits, np.ndarray)
    np.testing.assert_array_equal(logits, layer(torch.ones(1, 4)).detach().numpy())


def test_scores_are_a_softmax():
    scores = reference.score(np.array([[1000.0, 999.0, -1000.0]], np.float32))
    np.testing.assert_allclose(scores, [[0.7310586, 0.26894143, 0]], rtol=1e-6)


def test_the_reference_answers_a_photo(lite0):
    photo = lite0.photos.readable[0]
    trace = lite0.reference.trace(photo.data)
    np.testing.assert_array_equal(lite0.reference(photo.data), trace.score)
    assert trace.score.shape == (1, len(lite0.subject.classes))
    assert trace.score.sum() == pytest.approx(1, abs=1e-5)
