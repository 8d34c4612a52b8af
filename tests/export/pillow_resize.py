"""Pillow's bilinear resize as arithmetic on whole numbers: an oracle that shares no code with Pillow or ONNX Runtime.

Weights are a triangle as wide as the scale, in float64, each row normalised to sum 1 and rounded to 22 binary places; a pass
sums levels times weights and rounds to whole levels. Pillow's ``src/libImaging/Resample.c`` does the same in C.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PLACES = 22


def resized(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W, 3) levels to (height, width, 3) levels."""
    rows, columns = pixels.shape[:2]
    if rows - height > max(0, 2 * (columns - width)):  # python-pillow/Pillow#9549, from Pillow 13 on
        return _horizontal(_vertical(pixels, height), width)
    return _vertical(_horizontal(pixels, width), height)


def _vertical(pixels: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    return _horizontal(pixels.transpose(1, 0, 2), height).transpose(1, 0, 2)


def _horizontal(pixels: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    if pixels.shape[1] == width:
        return pixels
    sums = np.einsum("hwc,ow->hoc", pixels.astype(np.int64), _weights(pixels.shape[1], width))
    return np.clip((sums + (1 << (PLACES - 1))) >> PLACES, 0, 255).astype(np.uint8)


def _weights(before: int, after: int) -> NDArray[np.int64]:
    scale = before / after
    support = max(scale, 1.0)
    table = np.zeros((after, before))
    for i in range(after):
        centre = (i + 0.5) * scale
        first, last = max(int(centre - support + 0.5), 0), min(int(centre + support + 0.5), before)
        distance = (np.arange(first, last) - centre + 0.5) * (1.0 / support)
        table[i, first:last] = np.maximum(1 - np.abs(distance), 0)
        table[i] /= table[i].sum()
    return np.floor(0.5 + table * (1 << PLACES)).astype(np.int64)
