"""Small changes to an ONNX graph, by which faults are planted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

Change = Callable[[ModelProto], None]
Values = NDArray[Any]


def tensor(model: ModelProto, name: str) -> TensorProto:
    """An initializer by its name."""
    return next(each for each in model.graph.initializer if each.name == name)


def rewritten(name: str, change: Callable[[Values], Values]) -> Change:
    """A change to the numbers of one initializer."""

    def apply(model: ModelProto) -> None:
        found = tensor(model, name)
        values = numpy_helper.to_array(found)
        found.CopyFrom(numpy_helper.from_array(np.asarray(change(values.copy()), values.dtype), name))

    return apply


def every_weight(change: Callable[[Values], Values]) -> Change:
    """A change to the numbers of every kernel."""

    def apply(model: ModelProto) -> None:
        for each in list(model.graph.initializer):
            if len(each.dims) > 1 and each.data_type == TensorProto.FLOAT:
                rewritten(each.name, change)(model)

    return apply


def nodes(model: ModelProto, operator: str) -> Iterator[NodeProto]:
    """The nodes of one operator."""
    return (node for node in model.graph.node if node.op_type == operator)


def attribute(node: NodeProto, name: str, value: Any) -> None:
    """Set an attribute of a node; None removes it."""
    kept: list[AttributeProto] = [each for each in node.attribute if each.name != name]
    del node.attribute[:]
    node.attribute.extend(kept if value is None else [*kept, helper.make_attribute(name, value)])


def with_attribute(operator: str, name: str, value: Any) -> Change:
    """A change to an attribute of every node of an operator that has it."""

    def apply(model: ModelProto) -> None:
        for node in nodes(model, operator):
            if any(each.name == name for each in node.attribute):
                attribute(node, name, value)

    return apply


def bypassed(operator: str, which: int = 0) -> Change:
    """A change that hands the first input of one node on as its output."""

    def apply(model: ModelProto) -> None:
        node = list(nodes(model, operator))[which]
        node.CopyFrom(helper.make_node("Identity", [node.input[0]], list(node.output), name=node.name))

    return apply


def appended(output: str, made: Callable[[str, str], list[NodeProto]]) -> Change:
    """A change that puts nodes between what gave an output of the graph and that output.

    Args:
        output: its name.
        made: from the name of what is given now, and that of the output, to the nodes between.
    """

    def apply(model: ModelProto) -> None:
        inner = f"{output}_before"
        for node in model.graph.node:
            node.output[:] = [inner if name == output else name for name in node.output]
            node.input[:] = [inner if name == output else name for name in node.input]
        model.graph.node.extend(made(inner, output))

    return apply


def constant(model: ModelProto, name: str, values: Any) -> str:
    """Add an initializer; its name."""
    model.graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
    return name


def scaled_where(axis: int, least: int, most: int, factor: float) -> Change:
    """A change that multiplies the logits where an axis of the input is from ``least`` to ``most`` long."""

    def apply(model: ModelProto) -> None:
        number, low, high = (
            constant(model, f"fault_{name}", np.array(value, np.int64))
            for name, value in (("axis", axis), ("least", least), ("most", most))
        )
        wrong = constant(model, "fault_factor", np.array(factor, np.float32))
        right = constant(model, "fault_one", np.array(1, np.float32))
        appended(
            "logits",
            lambda given, output: [
                helper.make_node("Shape", ["image"], ["fault_shape"]),
                helper.make_node("Gather", ["fault_shape", number], ["fault_side"]),
                helper.make_node("GreaterOrEqual", ["fault_side", low], ["fault_above"]),
                helper.make_node("LessOrEqual", ["fault_side", high], ["fault_below"]),
                helper.make_node("And", ["fault_above", "fault_below"], ["fault_inside"]),
                helper.make_node("Where", ["fault_inside", wrong, right], ["fault_by"]),
                helper.make_node("Mul", [given, "fault_by"], [output]),
            ],
        )(model)

    return apply


def metadata(key: str, change: Callable[[str], str | None]) -> Change:
    """A change to an entry of the metadata; None removes it."""

    def apply(model: ModelProto) -> None:
        entries = {each.key: each.value for each in model.metadata_props}
        made = change(entries.pop(key))
        helper.set_model_props(model, entries | ({} if made is None else {key: made}))

    return apply
