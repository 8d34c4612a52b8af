"""Faults of normalising: other constants, another layout, and right but for pictures of one kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import Contract
from lib.deploy.stages import Normalise, preprocessing
from lib.gate.deployed import Planted, after, factories, stage

Array = NDArray[Any]


def _of_pixels(name: str, make: Callable[[Contract], Callable[[Array], Array]], *words: str) -> Planted:
    """A normalise made from the contract: levels as float64 (H, W, 3) in, the network's input (H, W, 3) out."""

    def normalise(contract: Contract) -> Callable[[Any], Array]:
        wrong = make(contract)

        def normalised(picture: Any) -> Array:
            return wrong(np.asarray(picture).astype(np.float64)).astype(np.float32).transpose(2, 0, 1)[None]

        return normalised

    return stage(name, "normalise", normalise, words)


def _constants(name: str, change: Callable[[Array, Array], tuple[Array, Array]], *words: str) -> Planted:
    """Another mean and std, made from the right ones."""

    def make(contract: Contract) -> Callable[[Array], Array]:
        mean, std = change(np.array(contract.mean), np.array(contract.std))
        return lambda levels: (levels / 255 - mean) / std

    return _of_pixels(name, make, *words)


def _levels(name: str, change: Callable[[Array], Array], *words: str) -> Planted:
    """The right constants on changed levels."""

    def make(contract: Contract) -> Callable[[Array], Array]:
        return lambda levels: (change(levels) / 255 - contract.mean) / contract.std

    return _of_pixels(name, make, *words)


def _input(name: str, change: Callable[[Array], Array], *words: str) -> Planted:
    """A change to the right input, float32 (1, 3, H, W)."""
    return after(name, "normalise", lambda tensor: change(tensor).astype(np.float32), words)


def _by_itself(levels: Array) -> Array:
    """Each picture by its own mean and spread, as TensorFlow's per_image_standardization does."""
    return 127 + 64 * (levels - levels.mean()) / max(levels.std(), 1 / np.sqrt(levels.size))


def _stretched(levels: Array) -> Array:
    """Pictures of little contrast stretched to full contrast."""
    least, most = levels.min(), levels.max()
    return (levels - least) * 255 / (most - least) if 0 < most - least < 64 else levels


def dark_lifted(levels: Array) -> Array:
    """Dark pictures half again as bright."""
    return levels * 1.5 if levels.max() < 50 else levels


def _flat_centred(levels: Array) -> Array:
    return np.full_like(levels, 127.0) if np.ptp(levels) == 0 else levels


def _without_tail(tensor: Array) -> Array:
    """What a buffer of 512 columns holds."""
    kept = tensor.copy()
    kept[:, :, :, 512:] = 0
    return kept


def _in_stripes(tensor: Array) -> Array:
    """Whole stripes of 16 rows, and nothing of the rest."""
    kept = tensor.copy()
    kept[:, :, tensor.shape[2] // 16 * 16 :] = 0
    return kept


def _bfloat16(tensor: Array) -> Array:
    return (tensor.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)


def _another_layout(tensor: Array) -> Array:
    """Channels last, named channels first."""
    return tensor.transpose(0, 2, 3, 1).reshape(tensor.shape)


def _exchanged_axes(tensor: Array) -> Array:
    return tensor.transpose(0, 1, 3, 2)


def _wrapped(contract: Contract) -> Callable[[Array], Array]:
    """The mean taken off in bytes, so that darker levels wrap round."""
    mean = np.rint(np.array(contract.mean) * 255).astype(np.uint8)
    return lambda levels: (levels.astype(np.uint8) - mean) / 255 / contract.std


def _drifting(contract: Contract) -> Callable[[Any], Array]:
    """A mean that follows the pictures it has seen."""
    mean = np.array(contract.mean)

    def normalise(picture: Any) -> Array:
        nonlocal mean
        mean = 0.99 * mean + 0.01 * np.asarray(picture).mean(axis=(0, 1)) / 255
        return Normalise(tuple(mean), contract.std)(picture)

    return normalise


def _red_alone(contract: Contract) -> Callable[[Any], Array]:
    return preprocessing(replace(contract, std=(contract.std[0] * 1.01, *contract.std[1:])))[1]


PLANTED = (
    _constants("mean off by half a level", lambda mean, std: (mean + 0.5 / 255, std)),
    _constants("std off by 1 %", lambda mean, std: (mean, std * 1.01)),
    _constants("ImageNet's mean and std", lambda mean, std: (np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225]))),
    _constants("mean and std of 0.5", lambda mean, std: (np.full(3, 0.5), np.full(3, 0.5))),
    _constants("mean and std exchanged", lambda mean, std: (std, mean)),
    _constants("mean not taken off", lambda mean, std: (np.zeros(3), std)),
    _constants("mean added", lambda mean, std: (-mean, std)),
    _constants("not divided by std", lambda mean, std: (mean, np.ones(3))),
    _constants("variance for std", lambda mean, std: (mean, std**2)),
    _constants("std off in the third channel alone", lambda mean, std: (mean, std * [1, 1, 1.01])),
    stage("std off in the first channel alone", "normalise", _red_alone),
    _levels("not divided by 255", lambda levels: levels * 255),
    _levels("divided by 255 twice", lambda levels: levels / 255),
    _levels("divided by 256", lambda levels: levels * 255 / 256),
    _levels("divided by 255 in whole numbers", lambda levels: levels // 255 * 255),
    _levels("blue taken for red", lambda levels: levels[:, :, ::-1]),
    _levels("the third channel in place of all", lambda levels: np.repeat(levels[:, :, 2:], 3, axis=2)),
    _levels("each picture by its own mean and spread", _by_itself),
    _levels("pictures of little contrast stretched", _stretched, "dark"),
    _levels("dark pictures made brighter", dark_lifted, "dark"),
    _levels("flat pictures made grey", _flat_centred, "flat black", "flat white"),
    _levels("levels clipped at 250", lambda levels: np.minimum(levels, 250)),
    _levels("half a level added", lambda levels: levels + 0.5),
    _of_pixels("mean taken off in bytes", _wrapped),
    _input("cut to bfloat16", _bfloat16),
    _input("rounded to 8 bits, as for INT8", lambda tensor: np.rint(tensor * 127) / 127),
    _input("clipped short of 1", lambda tensor: np.clip(tensor, -1, 1 - 1e-3)),
    _input("channels last, reshaped", _another_layout),
    _input("height and width exchanged", _exchanged_axes),
    _input("nothing beyond 512 columns", _without_tail, "far wider than high"),
    _input("nothing below the last whole stripe of 16 rows", _in_stripes, "201 × 300"),
    stage("a mean that follows the pictures it has seen", "normalise", _drifting),
)

__getattr__ = factories(PLANTED)
