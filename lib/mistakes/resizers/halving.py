"""Shrinking in halves: what browsers and Java services do so that a bilinear filter of two taps leaves no pixel out."""

from __future__ import annotations

import cv2
import numpy as np

from lib.mistakes.resizers.resizer import Pixels, Resizer


def halved(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Halved, width and height each for itself, until it is less than twice too large; then bilinear without antialiasing."""
    height, width = pixels.shape[:2]
    while width >= 2 * size[0] or height >= 2 * size[1]:
        width = width // 2 if width >= 2 * size[0] else width
        height = height // 2 if height >= 2 * size[1] else height
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)


RESIZERS = (
    Resizer(
        "halved, then bilinear",
        "JavaScript",
        "linear",
        halved,
        "while (width >= 2 * size) width /= 2",
        "a filter of two taps was seen to flicker, and halving mends that cheaply",
        "halving, then bilinear",
    ),
)
