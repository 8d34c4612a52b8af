"""Mistakes in tone: every level of a right picture is taken for another, the same wherever it stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lib.mistakes.mistake import Change, changes
from lib.mistakes.resizers.resizer import Pixels, to_levels

_LEVELS = np.arange(256)


def _curve(levels: NDArray[np.float64]) -> Change:
    """By a table: float64 (256,), what each level is taken for."""
    table = to_levels(levels)
    return lambda pixels: table[pixels]


def _linear_light() -> NDArray[np.float64]:
    """Linear light of sRGB's levels, 0..255. IEC 61966-2-1."""
    share = _LEVELS / 255
    linear: NDArray[np.float64] = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return 255 * linear


def _autocontrast(pixels: Pixels) -> Pixels:
    return np.asarray(ImageOps.autocontrast(Image.fromarray(pixels)))


TONE, AFTER = changes(
    (
        "gamma 2.2",
        _curve(255 * (_LEVELS / 255) ** (1 / 2.2)),
        "(pixels / 255) ** (1 / 2.2)",
        "a photo's levels have the screen's gamma already, and got it twice",
    ),
    (
        "sRGB to linear",
        _curve(_linear_light()),
        "glTexImage2D(…, GL_SRGB8, …)",
        "a texture declared as sRGB is read in linear light",
    ),
    (
        "limited range",
        _curve(16 + _LEVELS * 219 / 255),
        "16 + pixels * 219 / 255",
        "video keeps its levels from 16 to 235, and nobody stretched them",
    ),
    (
        "limited range stretched",
        _curve((_LEVELS - 16) * 255 / 219),
        "(pixels - 16) * 255 / 219",
        "levels that fill 0 to 255 were taken for video's",
    ),
    ("autocontrast", _autocontrast, "ImageOps.autocontrast(image)", "it makes dull photos look better to people"),
)
