"""SAME padding: by remainders in PyTorch, and by ONNX's own word for it."""

from __future__ import annotations

from itertools import product

import numpy as np
import onnx
import pytest
import torch
from efficientnet_pytorch.utils import Conv2dDynamicSamePadding
from torch.nn import functional

from lib.export import padding


def same(image: torch.Tensor, weight: torch.Tensor, stride: int) -> torch.Tensor:
    """By the definition: ceil(n / stride) outputs, the margins that they need, the odd pixel at the end."""
    kernel, margins = weight.shape[-1], []
    for side in (image.shape[3], image.shape[2]):
        needed = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        margins += [needed // 2, needed - needed // 2]
    return functional.conv2d(functional.pad(image, margins), weight, stride=stride)


@pytest.mark.parametrize(("kernel", "stride"), [*product((1, 3, 5), (1, 2))])
def test_remainders_give_same_padding_at_every_size(kernel, stride):
    random = torch.Generator().manual_seed(0)
    theirs = torch.nn.Sequential(Conv2dDynamicSamePadding(2, 3, kernel, stride=stride, bias=False))
    ours = padding.with_remainders(theirs)
    for height, width in product((5, 6, 7, 8, 13, 32), (5, 8, 11)):
        image = torch.randn(1, 2, height, width, generator=random)
        expected = same(image, theirs[0].weight, stride)
        torch.testing.assert_close(ours(image), expected)
        torch.testing.assert_close(theirs(image), expected)


def test_only_convolutions_with_a_stride_are_told_to_pad_by_themselves(lite0):
    convolutions = [node for node in onnx.load(lite0.onnx_path).graph.node if node.op_type == "Conv"]
    values = [{a.name: onnx.helper.get_attribute_value(a) for a in node.attribute} for node in convolutions]
    told = [each for each in values if each.get("auto_pad") == b"SAME_UPPER"]
    assert len(told) == 5  # the stem and the four blocks that halve their input
    assert all(each["strides"] == [2, 2] and "pads" not in each for each in told)
    assert all(each["strides"] == [1, 1] for each in values if each not in told)


def test_a_statically_padded_network_is_exported_as_it_is(stand_in):
    nodes = onnx.load(stand_in.onnx_path).graph.node
    assert not any(attribute.s == b"SAME_UPPER" for node in nodes for attribute in node.attribute)


def test_the_copy_for_export_leaves_the_network_alone(lite0):
    padding.with_remainders(lite0.model)
    assert isinstance(lite0.model._conv_stem, Conv2dDynamicSamePadding)
    tensor = np.zeros((1, 3, 33, 47), np.float32)
    with torch.inference_mode():
        before = lite0.model(torch.from_numpy(tensor))
        torch.testing.assert_close(padding.with_remainders(lite0.model)(torch.from_numpy(tensor)), before)
