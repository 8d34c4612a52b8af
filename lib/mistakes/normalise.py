"""Mistakes in normalisation: the right picture, the wrong numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import Contract
from lib.deploy.stages import Normalise
from lib.mistakes.mistake import Mistake, always

Tensor = NDArray[np.float32]
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
LITE = ((127 / 255,) * 3, (128 / 255,) * 3)


def _scaled_by(factor: float) -> Callable[[Contract], Callable[[Any], Tensor]]:
    def make(contract: Contract) -> Callable[[Any], Tensor]:
        mean, std = (np.array(v, np.float32).reshape(1, 3, 1, 1) for v in (contract.mean, contract.std))

        def normalise(picture: Any) -> Tensor:
            levels = np.asarray(picture).transpose(2, 0, 1)[None].astype(np.float32)
            return (levels * np.float32(factor) - mean) / std

        return normalise

    return make


def _with(mean: tuple[float, ...], std: tuple[float, ...]) -> Callable[[Contract], Callable[[Any], Tensor]]:
    red, green, blue = mean
    s_red, s_green, s_blue = std
    return lambda _: Normalise((red, green, blue), (s_red, s_green, s_blue))


def _bgr_mean(contract: Contract) -> Callable[[Any], Tensor]:
    red, green, blue = contract.mean
    s_red, s_green, s_blue = contract.std
    return Normalise((blue, green, red), (s_blue, s_green, s_red))


def reshaped(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The bytes in their order, cut into three planes: colours and places are mixed up; uint8 (h, w, 3) both."""
    mixed = np.ascontiguousarray(pixels).reshape(3, *pixels.shape[:2]).transpose(1, 2, 0)
    return np.ascontiguousarray(mixed)


def _reshaped(contract: Contract) -> Callable[[Any], Tensor]:
    right = Normalise(contract.mean, contract.std)

    def normalise(picture: Any) -> Tensor:
        return right(reshaped(np.asarray(picture)))

    return normalise


def _transposed(contract: Contract) -> Callable[[Any], Tensor]:
    right = Normalise(contract.mean, contract.std)
    return lambda picture: np.ascontiguousarray(right(picture).transpose(0, 1, 3, 2))


NORMALISATION = (
    Mistake(
        "levels as they are",
        "normalise",
        "pixels.astype(np.float32)",
        "another model of the team takes levels, and normalises by itself",
        always(lambda picture: np.ascontiguousarray(np.asarray(picture).transpose(2, 0, 1)[None], dtype=np.float32)),
    ),
    Mistake(
        "no division by 255",
        "normalise",
        "(pixels - mean) / std",
        "ToTensor divides without saying so",
        _scaled_by(1.0),
    ),
    Mistake(
        "divided by 255 twice",
        "normalise",
        "(pixels / 255 / 255 - mean) / std",
        "the loader had divided already",
        _scaled_by(1 / 255 / 255),
    ),
    Mistake(
        "no mean and std",
        "normalise",
        "pixels / 255",
        "the picture looked right without",
        _with((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    ),
    Mistake(
        "mean and std of 0.5",
        "normalise",
        "(pixels / 255 - 0.5) / 0.5",
        "many models are trained on -1 to 1",
        _with(*HALF),
    ),
    Mistake(
        "ImageNet's mean and std",
        "normalise",
        "Normalize(IMAGENET_MEAN, IMAGENET_STD)",
        "it is the usual one",
        _with(*IMAGENET),
    ),
    Mistake("Lite's mean and std", "normalise", "(pixels - 127) / 128", "TensorFlow Lite's recipes have it", _with(*LITE)),
    Mistake(
        "mean and std in BGR order",
        "normalise",
        "(pixels / 255 - mean[::-1]) / std[::-1]",
        "the numbers were copied from a Caffe or OpenCV project",
        _bgr_mean,
    ),
    Mistake(
        "reshape for transpose",
        "normalise",
        "pixels.reshape(3, h, w)",
        "the shape comes out right, and no error is raised",
        _reshaped,
    ),
    Mistake(
        "transposed by .T",
        "normalise",
        "pixels.T",
        "HWC fed as CHW: .T puts channels first, and swaps height and width too",
        _transposed,
    ),
)
