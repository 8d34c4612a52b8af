"""Mistakes in direction: a right picture, mirrored or turned."""

from __future__ import annotations

import numpy as np

from lib.mistakes.mistake import Change, changes
from lib.mistakes.resizers.resizer import Pixels


def _turned(quarters: int) -> Change:
    """Turned counter-clockwise by so many quarters."""
    return lambda pixels: np.ascontiguousarray(np.rot90(pixels, quarters))


def _mirrored(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


def _upside_down(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[::-1])


TURNS, AFTER = changes(
    (
        "mirrored",
        _mirrored,
        "RandomHorizontalFlip(p=1)(image)",
        "training's augmentation was left on",
    ),
    ("upside down", _upside_down, "glReadPixels(…)", "OpenGL and BMP keep rows from the bottom up"),
    ("turned counter-clockwise", _turned(1), "np.rot90(pixels)", "a camera's sensor is mounted on its side"),
    ("turned by 180°", _turned(2), "np.rot90(pixels, 2)", "the camera hangs from the ceiling"),
    ("turned clockwise", _turned(3), "np.rot90(pixels, -1)", "a camera's sensor is mounted on its side"),
)
