"""OpenCV, none of whose filters but area antialiases."""

from __future__ import annotations

import cv2
import numpy as np

from lib.mistakes.resizers.resizer import AREA, CUBIC, LANCZOS, LINEAR, NEAREST, QUALITY, Resizer, Scaler


def opencv(flag: int) -> Scaler:
    """``cv2.resize`` with one of its ``INTER`` flags."""
    return lambda pixels, size: cv2.resize(pixels, size, interpolation=flag).astype(np.uint8)


RESIZERS = tuple(
    Resizer(
        f"OpenCV {name}",
        "OpenCV",
        row,
        opencv(getattr(cv2, constant)),
        f"cv2.resize(pixels, size, interpolation=cv2.{constant})",
        why,
        effect,
    )
    for name, row, constant, why, effect in (
        ("nearest", "nearest", "INTER_NEAREST", "it was the fastest", NEAREST),
        (
            "nearest-exact",
            "nearest-exact",
            "INTER_NEAREST_EXACT",
            "nearest was off by half a pixel, so it was replaced",
            NEAREST,
        ),
        ("linear", "linear", "INTER_LINEAR", "it is OpenCV's default, and bears bilinear's name", LINEAR),
        ("area", "area", "INTER_AREA", "OpenCV's manual advises it for shrinking", AREA),
        ("cubic", "cubic", "INTER_CUBIC", QUALITY, CUBIC),
        ("lanczos4", "lanczos", "INTER_LANCZOS4", QUALITY, LANCZOS),
    )
)
