"""What the services written in Python, and those that call a command, do to levels once they are resized."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.uint8]
Tensor = NDArray[Any]

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def right(levels: NDArray[Any]) -> Tensor:
    """Divided by 255, ImageNet's mean and standard deviation, channels first."""
    return chw((levels.astype(np.float32) / 255 - MEAN) / STD)


def only_255(levels: NDArray[Any]) -> Tensor:
    """Divided by 255 and no more, channels first."""
    return chw(levels.astype(np.float32) / 255)


def half(levels: NDArray[Any]) -> Tensor:
    """From -1 to 1, channels last, as TensorFlow's models want it."""
    return levels.astype(np.float32) / 127.5 - 1


def swapped_means(levels: NDArray[Any]) -> Tensor:
    """Divided by 255, with the mean and standard deviation listed blue first."""
    return chw((levels.astype(np.float32) / 255 - MEAN[::-1]) / STD[::-1])


def chw(values: NDArray[Any]) -> Tensor:
    """Channels first, in float32."""
    return np.ascontiguousarray(values.transpose(2, 0, 1), np.float32)


def middle(levels: NDArray[Any], size: int = 224, rounded: Callable[[float], int] = round) -> NDArray[Any]:
    """The square in the middle; `round` takes a half to the even number as torchvision does, `int` takes it down."""
    top, left = rounded((levels.shape[0] - size) / 2), rounded((levels.shape[1] - size) / 2)
    return levels[top : top + size, left : left + size]


def shorter_side(width: int, height: int, size: int = 256) -> tuple[int, int]:
    """Width and height once the shorter side is of this size, as torchvision counts them."""
    return (size, int(size * height / width)) if width <= height else (int(size * width / height), size)
