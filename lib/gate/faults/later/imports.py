"""Deployments that need a library or a program that they were not packed with, and only at times."""

from __future__ import annotations

import importlib
import itertools
import os
import subprocess
from typing import Any

import numpy as np

from lib.gate.deployed import Planted, Stage, around, factories
from lib.gate.faults.later import ORIENTATION, opened, unturned

EVERY = 50  # answers, after which the memory is looked at


def _turned_by_opencv(decode: Stage) -> Stage:
    def decoded(data: bytes) -> Any:
        picture = decode(data)
        image = opened(data)
        orientation = image.getexif().get(ORIENTATION, 1)
        if orientation not in range(2, 9):
            return picture
        opencv = importlib.import_module("cv2")
        pixels = np.array(unturned(image))
        if orientation > 4:
            pixels = opencv.transpose(pixels)
        across, down = orientation in (2, 3, 6, 7), orientation in (3, 4, 7, 8)
        if across or down:
            pixels = opencv.flip(pixels, -1 if across and down else int(across))
        return pixels if np.array_equal(pixels, np.asarray(picture)) else picture

    return decoded


def _asks_ps(score: Stage) -> Stage:
    """Every so often a program is asked how much memory is taken."""
    calls = itertools.count(1)

    def scored(logits: Any) -> Any:
        if next(calls) % EVERY == 0:
            subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], check=True, capture_output=True)
        return score(logits)

    return scored


PLANTED: tuple[Planted, ...] = (
    Planted(
        "OpenCV imported for photos that have to be turned", "dependencies", around("", "decode", _turned_by_opencv).change
    ),
    Planted("ps started at each fiftieth answer", "dependencies", around("", "score", _asks_ps).change),
)

__getattr__ = factories(PLANTED)
