"""What a library's resize is to the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

# From a uint8 (H, W, 3) picture and a width and height to a picture of that size.
Scaler = Callable[[Pixels, tuple[int, int]], Pixels]

HABIT = "the framework's own resize was nearest at hand"
# What resizes have in common across libraries.
NEAREST, AREA = "nearest", "area"
LINEAR, SMOOTH_LINEAR = "bilinear without antialiasing", "bilinear with antialiasing"
CUBIC, SMOOTH_CUBIC = "bicubic without antialiasing", "bicubic with antialiasing"
LANCZOS, SMOOTH_LANCZOS = "lanczos without antialiasing", "lanczos with antialiasing"
QUALITY = "its name promised more quality"


@dataclass(frozen=True)
class Resizer:
    """One filter of one library.

    Attributes:
        name: short, for tables.
        column: where it stands among libraries, with and without antialiasing (AA).
        row: where it stands among filters.
        scale: the resize.
        code: one line of code that calls it.
        why: why people take it, as half a sentence.
        effect: what it does to a picture, whoever does it: one of the names below.
        needs: a library that not every machine which tries mistakes has, or empty.
    """

    name: str
    column: str
    row: str
    scale: Scaler
    code: str
    why: str
    effect: str
    needs: str = ""


def to_levels(values: NDArray[Any]) -> Pixels:
    """Levels from numbers: rounded to the nearest whole one, ties to even, and cut to 0..255."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
