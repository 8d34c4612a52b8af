"""Faults of the file that holds its preprocessing."""

from __future__ import annotations

import json
from collections.abc import Callable
from operator import methodcaller
from typing import Any

import numpy as np
from onnx import ModelProto, helper

from lib.deploy.model import CLASSES_KEY, CONTRACT_KEY
from lib.gate.case import Case
from lib.gate.graphs import Change, Values, attribute, metadata, nodes, rewritten, with_attribute

MEAN, STD = "preprocess/mean", "preprocess/std"


def _first_channel(by: float) -> Callable[[Values], Values]:
    def change(values: Values) -> Values:
        values[0, 0] += by
        return values

    return change


def _transposed(*order: int) -> Change:
    def apply(model: ModelProto) -> None:
        for node in nodes(model, "Transpose"):
            attribute(node, "perm", list(order))

    return apply


def _softmax(axis: int) -> Change:
    def apply(model: ModelProto) -> None:
        for node in nodes(model, "Softmax"):
            attribute(node, "axis", axis)

    return apply


def _aliased(model: ModelProto) -> None:
    for name in ("antialias", "exclude_outside"):
        with_attribute("Resize", name, 0)(model)


def _without_mean(model: ModelProto) -> None:
    node = next(each for each in model.graph.node if each.output[0] == "preprocess/centred")
    node.CopyFrom(helper.make_node("Identity", [node.input[0]], list(node.output)))


def _renamed(change: Callable[[list[str]], list[str]]) -> Change:
    return metadata(CLASSES_KEY, lambda text: json.dumps(change(json.loads(text))))


def _contract(**values: Any) -> Change:
    return metadata(CONTRACT_KEY, lambda text: json.dumps(json.loads(text) | values))


def _opset(model: ModelProto) -> None:
    model.opset_import[0].version = 19


_CHANGES: tuple[tuple[str, Change], ...] = (
    ("a mean off by half a level", rewritten(MEAN, _first_channel(0.5 / 255))),
    ("a std off by 1 %", rewritten(STD, _first_channel(0.005))),
    ("no mean", _without_mean),
    ("a division by 256", rewritten("preprocess/white", lambda values: values + np.float32(1))),
    ("no antialiasing", _aliased),
    ("weights of pixels outside of the border", with_attribute("Resize", "exclude_outside", 0)),
    ("bicubic for bilinear", with_attribute("Resize", "mode", "cubic")),
    ("channels last", _transposed(2, 1, 0)),
    ("a softmax over the batch", _softmax(0)),
    ("a size of 225", rewritten("preprocess/size", lambda values: values + 1)),
    ("a weight off by 1", rewritten("_conv_head.weight", lambda values: values + np.float32(0.01))),
    ("class names shifted by one", _renamed(lambda names: [*names[1:], names[0]])),
    ("another filter in its contract", _contract(filter="bicubic")),
    ("another operator set", _opset),
    ("no limit to a photo's shape", rewritten("preprocess/most_scaled", lambda values: 10 * values)),
    ("a limit that refuses what the package takes", rewritten("preprocess/most_scaled", lambda values: values // 2)),
)
CASES = tuple(
    Case("end-to-end file", name, "end-to-end file", methodcaller("with_end_to_end", change)) for name, change in _CHANGES
)
