"""Faults of the exported network: its weights and its graph, as an export or a tool of somebody's might leave them."""

from __future__ import annotations

from operator import methodcaller

import numpy as np
from onnx import ModelProto, TensorProto, helper

from lib.gate.case import Case
from lib.gate.graphs import (
    Change,
    Values,
    appended,
    attribute,
    bypassed,
    constant,
    every_weight,
    nodes,
    rewritten,
    scaled_where,
    tensor,
    with_attribute,
)

STEM, DEPTHWISE, HEAD, FC = "_conv_stem.weight", "_blocks.3._depthwise_conv.weight", "_conv_head.weight", "_fc.weight"
BIAS = "_blocks.5._project_conv.weight_bias"


def _one(values: Values, by: float) -> Values:
    values.reshape(-1)[7] += by
    return values


def _bit_flipped(values: Values) -> Values:
    """The top bit of one exponent, as a bad disk leaves it: a small number becomes a huge one."""
    values.view(np.uint32).reshape(-1)[4321] ^= 1 << 30
    return values


def _rows_exchanged(values: Values) -> Values:
    return values[[1, 0, *range(2, len(values))]]


def _zeroed(values: Values) -> Values:
    values[3] = 0
    return values


def _to_bfloat16(values: Values) -> Values:
    return (values.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)


def _to_eight_bits(values: Values) -> Values:
    scale = np.abs(values).max() / 127
    return np.asarray(np.rint(values / scale) * scale)


def _swapped(model: ModelProto) -> None:
    one, other = (tensor(model, f"_blocks.{i}._depthwise_conv.weight") for i in (9, 10))
    first = TensorProto()
    first.CopyFrom(one)
    one.raw_data, other.raw_data = other.raw_data, first.raw_data


def _residual_lost(model: ModelProto) -> None:
    bypassed("Add", 4)(model)


def _max_pool(model: ModelProto) -> None:
    for node in nodes(model, "ReduceMean"):
        node.op_type = "ReduceMax"


def _padded_lower(model: ModelProto) -> None:
    for node in nodes(model, "Conv"):
        if any(each.name == "auto_pad" and each.s == b"SAME_UPPER" for each in node.attribute):
            attribute(node, "auto_pad", "SAME_LOWER")


def _padded_once(model: ModelProto) -> None:
    """The margins of 224 × 224 at every size, as efficientnet_pytorch computes them."""
    for node in nodes(model, "Conv"):
        values = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        if values.get("auto_pad") == b"SAME_UPPER":
            kernel = values["kernel_shape"][0]
            before, rest = (kernel - 2) // 2, kernel - 2
            attribute(node, "auto_pad", None)
            attribute(node, "pads", [before, before, rest - before, rest - before])


def _noisy(model: ModelProto) -> None:
    appended(
        "logits",
        lambda given, output: [
            helper.make_node("RandomNormalLike", [given], ["noise"], scale=0.05),
            helper.make_node("Add", [given, "noise"], [output]),
        ],
    )(model)


def _of_the_first(model: ModelProto) -> None:
    first = constant(model, "first", np.array([0], np.int64))
    zero = constant(model, "nothing", np.array(0, np.float32))
    appended(
        "logits",
        lambda given, output: [
            helper.make_node("Gather", [given, first], ["of_first"], axis=0),
            helper.make_node("Mul", [given, zero], ["nothings"]),
            helper.make_node("Add", ["of_first", "nothings"], [output]),
        ],
    )(model)


def _probabilities(model: ModelProto) -> None:
    appended("logits", lambda given, output: [helper.make_node("Softmax", [given], [output], axis=1)])(model)


def _clipped(by: float) -> Change:
    return rewritten("max_val_cast", lambda values: values * by)


def _own_operator(model: ModelProto) -> None:
    """One convolution as a runtime's optimiser writes it: the same numbers from an operator that only that runtime has."""
    node = list(nodes(model, "Conv"))[-1]
    node.domain, node.op_type = "com.microsoft", "FusedConv"
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def _unknown_operator(model: ModelProto) -> None:
    node = list(nodes(model, "Conv"))[-1]
    node.domain, node.op_type = "our.company", "FastConv"
    model.opset_import.append(helper.make_opsetid("our.company", 1))


def _other_opset(model: ModelProto) -> None:
    model.opset_import[0].version = 19


def _fixed(axis: int, side: int) -> Change:
    def apply(model: ModelProto) -> None:
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = side

    return apply


def _input_renamed(model: ModelProto) -> None:
    for node in model.graph.node:
        node.input[:] = ["x" if name == "image" else name for name in node.input]
    model.graph.input[0].name = "x"


def _other_type(model: ModelProto) -> None:
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.DOUBLE
    for node in list(model.graph.node):
        node.input[:] = ["as_float" if name == "image" else name for name in node.input]
    model.graph.node.insert(0, helper.make_node("Cast", ["image"], ["as_float"], to=TensorProto.FLOAT))


def _two_classes_less(model: ModelProto) -> None:
    rewritten("_fc.weight", lambda values: values[:-2])(model)
    rewritten("_fc.bias", lambda values: values[:-2])(model)
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value -= 2


# Name, what has to be blamed, and the change. Where it is no part but a word, the file has to be refused with it.
_ON_PHOTOS: tuple[tuple[str, str, Change], ...] = (
    ("one kernel 1 % too large", "infer", rewritten(HEAD, lambda values: values * np.float32(1.01))),
    ("one filter zeroed", "infer", rewritten(STEM, _zeroed)),
    ("one kernel mirrored", "infer", rewritten(DEPTHWISE, lambda values: np.ascontiguousarray(values[..., ::-1]))),
    ("one weight off by 1", "infer", rewritten(HEAD, lambda values: _one(values, 1.0))),
    ("a bit of a weight flipped", "infer", rewritten(HEAD, _bit_flipped)),
    ("red and blue exchanged in the first kernel", "infer", rewritten(STEM, lambda values: values[:, ::-1].copy())),
    ("two classes exchanged", "infer", rewritten(FC, _rows_exchanged)),
    ("a class's bias off by 0.1", "infer", rewritten("_fc.bias", lambda values: _one(values, 0.1))),
    ("a folded batch-norm lost its bias", "infer", rewritten(BIAS, np.zeros_like)),
    ("weights rounded to float16", "infer", every_weight(lambda values: values.astype(np.float16))),
    ("weights rounded to bfloat16", "infer", every_weight(_to_bfloat16)),
    ("weights rounded to 8 bits", "infer", every_weight(_to_eight_bits)),
    ("weights below 1e-3 pruned", "infer", every_weight(lambda values: np.where(np.abs(values) < 1e-3, 0, values))),
    ("two layers exchanged", "infer", _swapped),
    ("a residual connection lost", "infer", _residual_lost),
    ("ReLU6 cut at 5.9", "infer", _clipped(5.9 / 6)),
    ("ReLU for ReLU6", "infer", _clipped(1e6)),
    ("maximum for mean in the last pooling", "infer", _max_pool),
    ("odd pixel of the padding at the wrong end", "infer", _padded_lower),
    ("padding computed once", "infer", _padded_once),
    ("logits 1 % too large", "infer", with_attribute("Gemm", "alpha", 1.01)),
    ("noise as of a dropout left on", "infer", _noisy),
    ("softmax inside, probabilities for logits", "infer", _probabilities),
    ("the first input's answer for all of a batch", "infer", _of_the_first),
    ("two inputs in a batch answered otherwise", "infer", scaled_where(0, 2, 2, 1.01)),
    ("an operator of one runtime alone", "file", _own_operator),
    ("another operator set than was asked for", "file", _other_opset),
    ("a weight that is NaN", "NaN", rewritten(HEAD, lambda values: _one(values, np.nan))),
    ("an operator that no runtime knows", "cannot load", _unknown_operator),
    ("a fixed batch", "batch 1", _fixed(0, 1)),
    ("a fixed height", "height 224", _fixed(2, 224)),
    ("an input of another name", "one input is expected", _input_renamed),
    ("an input of another type", "is expected as float", _other_type),
    ("two classes less", "classes", _two_classes_less),
)
_ON_SIZES: tuple[tuple[str, Change], ...] = (
    ("wrong from 400 to 480 pixels high", scaled_where(2, 400, 480, 1.1)),
    ("wrong from 400 to 480 pixels wide", scaled_where(3, 400, 480, 1.1)),
    ("wrong from 900 pixels on", scaled_where(3, 900, 2000, 1.01)),
    ("wrong in batches of 8 and more", scaled_where(0, 8, 1000, 1.01)),
    ("wrong in batches of 32", scaled_where(0, 32, 32, 0.99)),
)
CASES = (
    *(Case("network", name, expected, methodcaller("with_network", change)) for name, expected, change in _ON_PHOTOS),
    *(Case("network", name, "infer", methodcaller("with_network", change, ("11_robustness",))) for name, change in _ON_SIZES),
)
