"""Deployments whose stages are right by themselves and wrong when one hands on to the next in one call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageOps

from lib.deploy import Model, Pipeline
from lib.gate.deployed import Planted, factories
from lib.gate.faults.later import ORIENTATION, levels, opened, unturned

Array = NDArray[Any]
ROWS = 32  # that are written at a time


def _view(pixels: Array, orientation: int) -> Array:
    """Pixels turned as EXIF says, without moving one."""
    across = orientation in (2, 3, 7, 8)
    down = orientation in (3, 4, 6, 7)
    turned = pixels[:: -1 if down else 1, :: -1 if across else 1]
    return turned.transpose(1, 0, 2) if orientation > 4 else turned


def _memory(pixels: Array) -> Array:
    """What lies in memory from where an array's pixels begin, as code in C sees it that knows no strides."""
    root = pixels
    while isinstance(root.base, np.ndarray):
        root = root.base
    return root.reshape(pixels.shape)


def _strides_lost(ours: Pipeline, _: Model) -> Pipeline:
    """Photos are turned by a view, which the next stage reads row after row of the memory."""

    def decode(data: bytes) -> Any:
        picture = ours.decode(data)
        image = opened(data)
        orientation = image.getexif().get(ORIENTATION, 1)
        if orientation not in range(2, 9):
            return picture
        view = _view(np.array(unturned(image)), orientation)
        return view if np.array_equal(view, np.asarray(picture)) else picture

    def resize(picture: Any) -> Any:
        if isinstance(picture, np.ndarray) and not picture.flags.c_contiguous:
            return ours.resize(_memory(picture))
        return ours.resize(picture)

    return replace(ours, decode=decode, resize=resize)


class _Ours(np.ndarray[Any, Any]):
    """A picture in memory that the pipeline may use again."""


def _in_place(ours: Pipeline, _: Model) -> Pipeline:
    """The picture is resized within its own memory, where a larger one overtakes what is still to be read."""

    def decode(data: bytes) -> Any:
        return np.array(ours.decode(data)).view(_Ours)

    def resize(picture: Any) -> Any:
        right = ours.resize(np.asarray(picture))
        rows: Array = np.asarray(right)
        if not isinstance(picture, _Ours) or rows.size <= picture.size:
            return right
        memory = np.array(picture)
        written = np.zeros(rows.size, np.uint8)
        for top in range(0, len(rows), ROWS):
            band = np.asarray(ours.resize(memory))[top : top + ROWS]
            start = top * rows.shape[1] * 3
            written[start : start + band.size] = band.reshape(-1)
            overtaken = min(start + band.size, memory.size)
            memory.reshape(-1)[:overtaken] = written[:overtaken]
        return levels(written.reshape(rows.shape))

    return replace(ours, decode=decode, resize=resize)


class _Layered(np.ndarray[Any, Any]):
    """A picture and what its file says of where it is transparent."""

    alpha: Array | None = None


def _layered(picture: Any, alpha: Array) -> _Layered:
    layered = np.array(picture).view(_Layered)
    layered.alpha = alpha
    return layered


def _alpha_rides_along(ours: Pipeline, _: Model) -> Pipeline:
    """Where a picture is transparent, the network is shown nothing."""

    def decode(data: bytes) -> Any:
        picture = ours.decode(data)
        image = opened(data)
        if "A" not in image.getbands() and "transparency" not in image.info:
            return picture
        alpha = np.asarray(ImageOps.exif_transpose(image.convert("RGBA")).getchannel("A"))
        return _layered(picture, alpha) if alpha.min() < 128 and alpha.shape == np.asarray(picture).shape[:2] else picture

    def resize(picture: Any) -> Any:
        right = ours.resize(np.asarray(picture) if isinstance(picture, _Layered) else picture)
        if not isinstance(picture, _Layered) or picture.alpha is None:
            return right
        alpha = np.asarray(ours.resize(np.repeat(picture.alpha[:, :, None], 3, axis=2)))
        return _layered(right, alpha[:, :, 0])

    def normalise(picture: Any) -> Any:
        tensor = ours.normalise(np.asarray(picture) if isinstance(picture, _Layered) else picture)
        if isinstance(picture, _Layered) and picture.alpha is not None:
            tensor[0][:, picture.alpha < 128] = 0
        return tensor

    return replace(ours, decode=decode, resize=resize, normalise=normalise)


PLANTED: tuple[Planted, ...] = (
    Planted("photos turned by a view whose strides the next stage does not mind", "behaviour", _strides_lost),
    Planted("small pictures made larger within their own memory", "behaviour", _in_place),
    Planted("transparency handed on, and blanked out in the end", "behaviour", _alpha_rides_along),
)

__getattr__ = factories(PLANTED)
