"""What is in an ONNX file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, numpy_helper

from lib.inputs.reading import one_line


def inventory(model: ModelProto) -> Counter[str]:
    """How many nodes there are of each operator; operators outside ONNX's standard domain carry their domain's name."""
    return Counter(f"{node.domain}::{node.op_type}" if node.domain else node.op_type for node in model.graph.node)


def opset(model: ModelProto) -> int:
    """The version of ONNX's standard operator set that the file was written in; 0 where it names none."""
    return next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)


def foreign_nodes(model: ModelProto) -> int:
    """Nodes outside ONNX's standard domain: what a runtime would need a plug-in for."""
    return sum(node.domain not in ("", "ai.onnx") for node in model.graph.node)


def external_tensors(path: Path) -> int:
    """Tensors that the file keeps in other files beside it: a hand-off of the file alone would lose them."""
    model = onnx.load(path, load_external_data=False)
    return sum(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in model.graph.initializer)


def checker_complaint(path: Path) -> str:
    """What onnx's own checker, with shape inference, says against the file; empty where it says nothing."""
    try:
        onnx.checker.check_model(path, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        return one_line(error)
    return ""


def non_finite_weights(model: ModelProto) -> int:
    """How many numbers among the weights are NaN or infinite."""
    arrays = (numpy_helper.to_array(tensor) for tensor in model.graph.initializer)
    return sum(int((~np.isfinite(array)).sum()) for array in arrays if array.dtype.kind == "f")


def signature(model: ModelProto) -> list[tuple[str, str, str]]:
    """Inputs and outputs: kind, name, and element type with shape, free axes by name."""
    rows = []
    for kind, values in (("input", model.graph.input), ("output", model.graph.output)):
        for value in values:
            tensor = value.type.tensor_type
            dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type).name
            shape = ", ".join(axis.dim_param or str(axis.dim_value) for axis in tensor.shape.dim)
            rows.append((kind, value.name, f"{dtype} ({shape})"))
    return rows


def free_axes(model: ModelProto) -> int:
    """How many axes of the first input take any size."""
    return sum(bool(axis.dim_param) for axis in model.graph.input[0].type.tensor_type.shape.dim)


def around(model: ModelProto, operator: str) -> list[str]:
    """Operators on the way from the node before the first ``operator`` to the node that uses its result's result.

    For the first Sigmoid of a swish this is what stands around one activation, as ``["Conv", "Sigmoid", "Mul", "Conv"]``.
    """
    nodes = model.graph.node
    producer = {output: node for node in nodes for output in node.output}
    consumers: dict[str, list[onnx.NodeProto]] = {}
    for node in nodes:
        for name in node.input:
            consumers.setdefault(name, []).append(node)
    first = next((node for node in nodes if node.op_type == operator), None)
    if first is None:
        return []
    chain = [producer[name].op_type for name in first.input if name in producer] + [first.op_type]
    following = consumers.get(first.output[0], [])
    while following and len(chain) < 4:
        chain.append(following[0].op_type)
        following = consumers.get(following[0].output[0], [])
    return chain
