"""EfficientNet-Lite0, which efficientnet_pytorch does not know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from lib import networks
from lib.inputs import photos, weights
from lib.networks import state_dict
from lib.networks.efficientnet_lite import EfficientNetLite0


def test_lite0_equals_the_authors_own_package_bit_for_bit(lite0):
    authors = pytest.importorskip("efficientnet_lite_pytorch", reason="the author's package is not installed")
    path = str(weights.locate(lite0.subject))
    theirs = authors.EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    ours = networks.build(replace(lite0.subject, padding="static"), lite0.weights_path)  # theirs pads as for 224 x 224
    each_input = lite0.model
    square = photos.square_batch(lite0.photos.readable, lite0.subject.contract)
    prepared = [lite0.reference.trace(photo.data).normalise for photo in lite0.photos.readable]
    with torch.inference_mode():
        for tensor in (*prepared, square):
            expected = theirs(torch.from_numpy(tensor)).numpy()
            np.testing.assert_array_equal(ours(torch.from_numpy(tensor)).numpy(), expected)
        np.testing.assert_array_equal(each_input(torch.from_numpy(square)).numpy(), expected)


@pytest.mark.parametrize(("side", "alike"), [((224, 224), True), ((256, 320), True), ((225, 224), False), ((224, 336), False)])
def test_padding_for_each_input_differs_from_static_padding_away_from_its_size(lite0, side, alike):
    static, same = networks.build(replace(lite0.subject, padding="static"), lite0.weights_path), lite0.model
    tensor = torch.from_numpy(np.random.default_rng(0).standard_normal((1, 3, *side), dtype=np.float32))
    with torch.inference_mode():
        difference = (static(tensor) - same(tensor)).abs().max()
    assert difference < 1e-4 if alike else difference > 0.1


def test_lite0_loads_with_every_tensor_used(lite0):
    tensors = state_dict.read(lite0.weights_path)
    lite0.model.load_state_dict(tensors, strict=True)
    assert len(tensors) == 296


def test_lite0_keeps_its_relu6_when_swish_is_set():
    network = EfficientNetLite0(224, 10)
    network.set_swish(memory_efficient=False)
    assert {type(m._swish) for m in (network, *network._blocks)} == {torch.nn.ReLU6}
