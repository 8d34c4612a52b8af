"""ONNX's Resize operator in ONNX Runtime, as people write it into their graphs."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper

from lib.deploy.sessions import open_session
from lib.mistakes.resizers.resizer import LINEAR, SMOOTH_LINEAR, Pixels, Resizer, Scaler, to_levels


def onnx_resize(**attributes: Any) -> Scaler:
    """The operator with these attributes, float32, rounded to levels."""

    def scale(pixels: Pixels, size: tuple[int, int]) -> Pixels:
        batch = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], dtype=np.float32)
        feeds = {"image": batch, "sizes": np.array([1, 3, size[1], size[0]])}
        scaled: NDArray[np.float32] = _session(tuple(sorted(attributes.items()))).run(None, feeds)[0]
        return to_levels(scaled[0].transpose(1, 2, 0))

    return scale


@cache
def _session(attributes: tuple[tuple[str, Any], ...]) -> onnxruntime.InferenceSession:
    node = helper.make_node("Resize", ["image", "", "", "sizes"], ["scaled"], **dict(attributes))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "height", "width"])
    sizes = helper.make_tensor_value_info("sizes", TensorProto.INT64, [4])
    scaled = helper.make_tensor_value_info("scaled", TensorProto.FLOAT, [1, 3, "rows", "columns"])
    graph = helper.make_graph([node], "resize", [image, sizes], [scaled])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model)
    return open_session(model.SerializeToString())


_LINEAR = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}

RESIZERS = (
    Resizer(
        "ONNX linear",
        "ONNX",
        "linear",
        onnx_resize(**_LINEAR),
        'Resize(sizes, mode="linear")',
        "the resize went into the graph with the operator's defaults",
        LINEAR,
    ),
    Resizer(
        "ONNX linear, antialiased",
        "ONNX, AA",
        "linear",
        onnx_resize(**_LINEAR, antialias=1),
        'Resize(sizes, mode="linear", antialias=1)',
        "antialias was found, exclude_outside was not",
        SMOOTH_LINEAR,
    ),
    Resizer(
        "ONNX linear, antialiased, exclude_outside",
        "ONNX, AA",
        "linear, exclude_outside",
        onnx_resize(**_LINEAR, antialias=1, exclude_outside=1),
        'Resize(sizes, mode="linear", antialias=1, exclude_outside=1)',
        "it is as near to Pillow as one operator gets, but computes in float",
        SMOOTH_LINEAR,
    ),
    Resizer(
        "ONNX linear, asymmetric",
        "ONNX",
        "linear, asymmetric",
        onnx_resize(mode="linear", coordinate_transformation_mode="asymmetric"),
        'Resize(sizes, mode="linear", coordinate_transformation_mode="asymmetric")',
        "older converters write it",
        "bilinear, not from pixel centres",
    ),
    Resizer(
        "ONNX linear, align_corners",
        "ONNX",
        "linear, align_corners",
        onnx_resize(mode="linear", coordinate_transformation_mode="align_corners"),
        'Resize(sizes, mode="linear", coordinate_transformation_mode="align_corners")',
        "older models were traced with it",
        "bilinear, corners aligned",
    ),
)
