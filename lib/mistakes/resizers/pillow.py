"""Pillow, whose filters always antialias, but for nearest."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lib.deploy.contract import FILTERS
from lib.mistakes.resizers.resizer import AREA, NEAREST, QUALITY, SMOOTH_CUBIC, SMOOTH_LANCZOS, SMOOTH_LINEAR, Resizer, Scaler

_ROWS = {"bilinear": "linear", "bicubic": "cubic", "box": "area"}  # the other libraries' words
_EFFECTS = {
    "nearest": NEAREST,
    "box": AREA,
    "bilinear": SMOOTH_LINEAR,
    "hamming": "hamming with antialiasing",
    "bicubic": SMOOTH_CUBIC,
    "lanczos": SMOOTH_LANCZOS,
}


def pillow(kernel: str, reducing_gap: float | None = None) -> Scaler:
    """``Image.resize`` with a filter, by Pillow's name in lower case."""
    resample = Image.Resampling[kernel.upper()]
    return lambda pixels, size: np.asarray(Image.fromarray(pixels).resize(size, resample, reducing_gap=reducing_gap))


RESIZERS = (
    *(
        Resizer(
            f"Pillow {kernel}",
            "Pillow",
            _ROWS.get(kernel, kernel),
            pillow(kernel),
            f"image.resize(size, Image.Resampling.{kernel.upper()})",
            "it was Pillow's default for many years" if kernel == "nearest" else QUALITY,
            _EFFECTS[kernel],
        )
        for kernel in FILTERS
    ),
    Resizer(
        "Pillow reducing_gap",
        "Pillow",
        "linear, reducing_gap",
        pillow("bilinear", reducing_gap=1.0),
        "image.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.0)",
        "shrinking in two steps is faster",
        "a box first, then bilinear",
    ),
)
