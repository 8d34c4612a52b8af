"""Mistakes in the filter: the right size, by another library's idea of how to get there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from PIL import Image
from skimage.transform import resize as scikit_resize

from lib.deploy import Contract
from lib.deploy.contract import FILTERS
from lib.deploy.sessions import open_session
from lib.mistakes.mistake import Mistake
from lib.view import of_contract

Pixels = NDArray[np.uint8]
# From a uint8 (H, W, 3) picture and a width and height to a picture of that size.
Scaler = Callable[[Pixels, tuple[int, int]], Pixels]


def to_levels(values: NDArray[Any]) -> Pixels:
    """Levels from numbers: rounded to the nearest whole one, ties to even, and cut to 0..255."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def pillow(kernel: str, reducing_gap: float | None = None) -> Scaler:
    """Pillow's resize, which always antialiases."""
    resample = Image.Resampling[kernel.upper()]
    return lambda pixels, size: np.asarray(Image.fromarray(pixels).resize(size, resample, reducing_gap=reducing_gap))


def opencv(flag: int) -> Scaler:
    """OpenCV's resize; none of its filters but area antialiases."""
    return lambda pixels, size: cv2.resize(pixels, size, interpolation=flag).astype(np.uint8)


def torch_interpolate(mode: str, antialias: bool) -> Scaler:
    """``torch.nn.functional.interpolate`` in float32, rounded to levels."""

    def scale(pixels: Pixels, size: tuple[int, int]) -> Pixels:
        batch = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].float()
        corners = None if mode == "nearest" else False
        scaled = torch.nn.functional.interpolate(batch, size[::-1], mode=mode, align_corners=corners, antialias=antialias)
        return to_levels(scaled[0].permute(1, 2, 0).numpy())

    return scale


@cache
def _onnx_session(attributes: tuple[tuple[str, Any], ...]) -> onnxruntime.InferenceSession:
    node = helper.make_node("Resize", ["image", "", "", "sizes"], ["scaled"], **dict(attributes))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "height", "width"])
    sizes = helper.make_tensor_value_info("sizes", TensorProto.INT64, [4])
    scaled = helper.make_tensor_value_info("scaled", TensorProto.FLOAT, [1, 3, "rows", "columns"])
    graph = helper.make_graph([node], "resize", [image, sizes], [scaled])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model)
    return open_session(model.SerializeToString())


def onnx_resize(**attributes: Any) -> Scaler:
    """ONNX's Resize operator in ONNX Runtime, float32, rounded to levels."""

    def scale(pixels: Pixels, size: tuple[int, int]) -> Pixels:
        batch = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], dtype=np.float32)
        feeds = {"image": batch, "sizes": np.array([1, 3, size[1], size[0]])}
        scaled: NDArray[np.float32] = _onnx_session(tuple(sorted(attributes.items()))).run(None, feeds)[0]
        return to_levels(scaled[0].transpose(1, 2, 0))

    return scale


def scikit_image(anti_aliasing: bool) -> Scaler:
    """``skimage.transform.resize``, linear."""

    def scale(pixels: Pixels, size: tuple[int, int]) -> Pixels:
        scaled = scikit_resize(pixels, size[::-1], order=1, anti_aliasing=anti_aliasing, preserve_range=True)
        return to_levels(scaled)

    return scale


_LINEAR = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
_HABIT = "the framework's own resize was nearest at hand"

_SCALERS: tuple[tuple[str, Scaler, str, str], ...] = (
    *(
        (
            f"Pillow {kernel}",
            pillow(kernel),
            f"image.resize(size, Image.Resampling.{kernel.upper()})",
            "it was Pillow's default for many years" if kernel == "nearest" else "its name promised more quality",
        )
        for kernel in FILTERS
    ),
    (
        "Pillow reducing_gap",
        pillow("bilinear", reducing_gap=1.0),
        "image.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.0)",
        "shrinking in two steps is faster",
    ),
    *(
        (f"OpenCV {name}", opencv(getattr(cv2, constant)), f"cv2.resize(pixels, size, interpolation=cv2.{constant})", why)
        for name, constant, why in (
            ("nearest", "INTER_NEAREST", "it was the fastest"),
            ("nearest-exact", "INTER_NEAREST_EXACT", "nearest was off by half a pixel, so the exact one was taken"),
            ("linear", "INTER_LINEAR", "it is OpenCV's default, and bears bilinear's name"),
            ("area", "INTER_AREA", "OpenCV's manual advises it for shrinking"),
            ("cubic", "INTER_CUBIC", "its name promised more quality"),
            ("lanczos4", "INTER_LANCZOS4", "its name promised more quality"),
        )
    ),
    *(
        (
            f"torch {mode}{', antialiased' * antialias}",
            torch_interpolate(mode, antialias),
            f'F.interpolate(batch, size, mode="{mode}", antialias={antialias})',
            "a tensor went in, and antialias is off by default" if not antialias else _HABIT,
        )
        for mode, antialias in (
            ("nearest", False), ("bilinear", False), ("bilinear", True), ("bicubic", False), ("bicubic", True),
        )
    ),
    (
        "ONNX linear",
        onnx_resize(**_LINEAR),
        'Resize(sizes, mode="linear")',
        "the resize went into the graph with the operator's defaults",
    ),
    (
        "ONNX linear, antialiased",
        onnx_resize(**_LINEAR, antialias=1),
        'Resize(sizes, mode="linear", antialias=1)',
        "antialias was found, exclude_outside was not",
    ),
    (
        "ONNX linear, antialiased, exclude_outside",
        onnx_resize(**_LINEAR, antialias=1, exclude_outside=1),
        'Resize(sizes, mode="linear", antialias=1, exclude_outside=1)',
        "it is as near to Pillow as one operator gets, but computes in float",
    ),
    (
        "ONNX linear, asymmetric",
        onnx_resize(mode="linear", coordinate_transformation_mode="asymmetric"),
        'Resize(sizes, mode="linear", coordinate_transformation_mode="asymmetric")',
        "older converters write it",
    ),
    (
        "ONNX linear, align_corners",
        onnx_resize(mode="linear", coordinate_transformation_mode="align_corners"),
        'Resize(sizes, mode="linear", coordinate_transformation_mode="align_corners")',
        "older models were traced with it",
    ),
    (
        "scikit-image",
        scikit_image(anti_aliasing=False),
        "skimage.transform.resize(pixels, size, anti_aliasing=False)",
        "the notebook used scikit-image",
    ),
    (
        "scikit-image, antialiased",
        scikit_image(anti_aliasing=True),
        "skimage.transform.resize(pixels, size, anti_aliasing=True)",
        "the notebook used scikit-image, which blurs with a Gaussian",
    ),
)  # fmt: skip


def _resize(scaler: Scaler) -> Callable[[Contract], Callable[[Any], Any]]:
    def make(contract: Contract) -> Callable[[Any], Any]:
        def resize(picture: Any) -> Pixels:
            pixels = np.asarray(picture)
            view = of_contract(contract, pixels.shape[1], pixels.shape[0])
            left, top, right, bottom = view.window
            return np.ascontiguousarray(scaler(pixels, view.scaled)[top:bottom, left:right])

        return resize

    return make


SCALERS: dict[str, Scaler] = {name: scaler for name, scaler, _, _ in _SCALERS}
KERNELS = tuple(Mistake(name, "resize", code, why, _resize(scaler)) for name, scaler, code, why in _SCALERS)
