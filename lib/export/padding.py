"""SAME padding, as TensorFlow trained EfficientNet with it, and the ways to write it into an ONNX file.

A convolution of kernel k and stride s pads a side of n pixels by ``k - s + (-n) % s`` in all, half of it, rounded down, before
the first pixel (https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2). With stride 2 that depends on whether n
is even. efficientnet_pytorch computes it once, for one image size, or at every call in Python, which a tracer takes for
constants.
"""

from __future__ import annotations

from onnx import ModelProto, helper
from torch import Tensor, nn
from torch.nn import functional

from lib.networks.efficientnet import with_convolutions

SAME_UPPER = "SAME_UPPER"  # ONNX's name of it: the odd pixel goes to the end


class RemainderPaddedConv2d(nn.Conv2d):
    """A convolution that computes its padding from its input's size by a remainder, which every exporter can write down.

    Its stride is 1 or 2.
    """

    def forward(self, image: Tensor) -> Tensor:
        """(N, channels, H, W) in, (N, channels, ceil(H / stride), ceil(W / stride)) out."""
        margins: list[int] = []
        for axis in (1, 0):  # pad() takes the last axis first
            side, stride, fixed = image.shape[2 + axis], self.stride[axis], self.kernel_size[axis] - self.stride[axis]
            # The remainder of -side. Written in this way, dynamo sees that the padded side is a multiple of the stride, which
            # spares it a third of its time. A remainder of 1 is 0 at every size, which exporters take long to find out.
            rest = (side + stride - 1) // stride * stride - side if stride > 1 else 0
            before = fixed // 2 + fixed % 2 * rest  # half of them all, rounded down, since the rest is 0 or 1
            margins += [before, fixed + rest - before]
        return functional.conv2d(functional.pad(image, margins), self.weight, self.bias, self.stride, 0, 1, self.groups)


def with_remainders(model: nn.Module) -> nn.Module:
    """A copy of a model that pads for each input, with convolutions that export: :class:`RemainderPaddedConv2d`."""
    return with_convolutions(model, RemainderPaddedConv2d)


def same_upper(model: ModelProto) -> int:
    """Have an exported model pad for the input at hand; returns how many of its convolutions had to be told so.

    ONNX's own word for it is ``auto_pad=SAME_UPPER``: the runtime then computes the margins at every call. Only convolutions
    with a stride need it. The others pad by half a kernel at every size, and those whose margins are numbers run faster.
    """
    changed = 0
    for node in model.graph.node:
        values = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        if node.op_type == "Conv" and any(values.get("pads", ())) and max(values.get("strides", (1,))) > 1:
            kept = [attribute for attribute in node.attribute if attribute.name not in ("pads", "auto_pad")]
            del node.attribute[:]
            node.attribute.extend([*kept, helper.make_attribute("auto_pad", SAME_UPPER)])
            changed += 1
    return changed
