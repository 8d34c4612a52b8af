"""Mistakes in sharpness: a right picture is sharpened, as services that make thumbnails for people do."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from lib.mistakes.mistake import Change, changes


def _filtered(kernel: ImageFilter.Filter) -> Change:
    return lambda pixels: np.asarray(Image.fromarray(pixels).filter(kernel))


SHARPENING, AFTER = changes(
    (
        "sharpened",
        _filtered(ImageFilter.SHARPEN()),
        "image.filter(ImageFilter.SHARPEN)",
        "thumbnails for people are sharpened after shrinking",
    ),
    (
        "unsharp mask",
        _filtered(ImageFilter.UnsharpMask()),
        "image.filter(ImageFilter.UnsharpMask())",
        "thumbnails for people are sharpened after shrinking",
    ),
)
