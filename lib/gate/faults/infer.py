"""Faults of the network's stage: wrong on every input, on some sizes, and in batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.gate.deployed import Planted, Stage, after, around, before, factories

Array = NDArray[Any]
SEED = 0


def _only(name: str, holds: Callable[[Array], bool], wrong: Callable[[Array], Array], *words: str) -> Planted:
    """A fault on some inputs, float32 (N, 3, H, W): a change to their logits, (N, classes)."""

    def change(infer: Stage) -> Stage:
        return lambda tensor: wrong(infer(tensor)) if holds(tensor) else infer(tensor)

    return around(name, "infer", change, words)


def _logits(name: str, wrong: Callable[[Array], Array], *words: str) -> Planted:
    """A change to all logits."""
    return after(name, "infer", wrong, words)


def _input(name: str, wrong: Callable[[Array], Array], *words: str) -> Planted:
    """A change to what the network is fed."""
    return before(name, "infer", wrong, words)


def _shifted(logits: Array) -> Array:
    return np.roll(logits, 1, axis=1)


def _exchanged(logits: Array) -> Array:
    other = logits.copy()
    other[:, [0, 1]] = logits[:, [1, 0]]
    return other


def _last_without_bias(logits: Array) -> Array:
    other = logits.copy()
    other[:, -1] -= 0.1
    return other


def _last_again(logits: Array) -> Array:
    return np.concatenate([logits[:-1], logits[:1]])


def first_for_all(infer: Stage) -> Stage:
    """The answer to a batch's first input in place of all."""
    return lambda tensor: np.repeat(infer(tensor[:1]), len(tensor), axis=0)


def _cut(side: int) -> int:
    return side // 32 * 32


def _padded(tensor: Array) -> Array:
    """Zeros up to 224 × 336."""
    rows, columns = max(0, 224 - tensor.shape[2]), max(0, 336 - tensor.shape[3])
    return np.pad(tensor, ((0, 0), (0, 0), (0, rows), (0, columns)))


def _padded_to_32(tensor: Array) -> Array:
    height, width = tensor.shape[2:]
    return np.pad(tensor, ((0, 0), (0, 0), (0, -height % 32), (0, -width % 32)))


def _half_of_wide(tensor: Array) -> Array:
    """Every second column of what is wider than 640 pixels."""
    return tensor[:, :, :, ::2] if tensor.shape[3] > 640 else tensor


def _mirrored_too(infer: Stage) -> Stage:
    return lambda tensor: (infer(tensor) + infer(np.ascontiguousarray(tensor[:, :, :, ::-1]))) / 2


def _noisy(logits: Array) -> Array:
    noise: Array = np.random.default_rng(SEED).normal(0, 0.01, logits.shape).astype(np.float32)
    return logits + noise


def _stale(infer: Stage) -> Stage:
    """The answer to the input before; the first is answered at once."""
    kept: list[Array] = []

    def answered(tensor: Array) -> Array:
        kept.append(infer(tensor))
        return kept.pop(0) if len(kept) > 1 and len(kept[0]) == len(tensor) else kept[-1]

    return answered


def _by_shape(infer: Stage) -> Stage:
    """Answers remembered by the shape of the input."""
    known: dict[tuple[int, ...], Array] = {}
    return lambda tensor: known.setdefault(tensor.shape, infer(tensor))


def _softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Array = powers / powers.sum(axis=1, keepdims=True)
    return probabilities


def _height(least: int, most: int) -> Callable[[Array], bool]:
    return lambda tensor: least <= tensor.shape[2] <= most


def _batch(least: int) -> Callable[[Array], bool]:
    return lambda tensor: len(tensor) >= least


def _white(tensor: Array) -> bool:
    return bool(tensor.min() == tensor.max() > 0)


PLANTED = (
    around("every input of a batch answered as the first", "infer", first_for_all, ("batch of 2",)),
    _only("a batch answered in the wrong order", _batch(2), lambda logits: logits[::-1], "batch of 2"),
    _only("the last of 32 answered as the first", _batch(32), _last_again, "batch of 32"),
    _only("batches averaged", _batch(2), lambda logits: np.repeat(logits.mean(axis=0, keepdims=True), len(logits), axis=0)),
    _only("wrong where the input is wider than 400 pixels", lambda tensor: tensor.shape[3] > 400, _shifted, "224 × 4"),
    _only("wrong where the input is 400 to 480 pixels high", _height(400, 480), _shifted, "× 224"),
    _only("wrong where the width is odd", lambda tensor: tensor.shape[3] % 2 == 1, _shifted),
    _only("NaN for white pictures", _white, lambda logits: np.full_like(logits, np.nan)),
    _only("wrong for bright pictures", lambda tensor: bool(tensor.mean() > 0.5), _shifted),
    _only("wrong for dark pictures", lambda tensor: bool(tensor.mean() < -0.75), _shifted),
    _logits("scaled by 1.001", lambda logits: logits * np.float32(1.001)),
    _logits("rounded to two decimals", lambda logits: logits.round(2)),
    _logits("cut to float16", lambda logits: logits.astype(np.float16).astype(np.float32)),
    _logits("two classes exchanged", _exchanged),
    _logits("classes shifted by one", _shifted),
    _logits("the last class without its bias", _last_without_bias),
    _logits("negative logits made 0", lambda logits: np.maximum(logits, 0)),
    _logits("logits clipped at 5", lambda logits: np.clip(logits, -5, 5)),
    _logits("probabilities in place of logits", _softmax),
    _logits("a class too few", lambda logits: logits[:, 1:]),
    _logits("noise on the logits", _noisy),
    _input("input rounded to 6 bits", lambda tensor: np.rint(tensor * 32) / np.float32(32)),
    _input("input padded to 224 × 336", _padded),
    _input("input padded to multiples of 32", _padded_to_32),
    _input("input cut to multiples of 32", lambda tensor: tensor[:, :, : _cut(tensor.shape[2]), : _cut(tensor.shape[3])]),
    _input("every second column of wide inputs", _half_of_wide, "224 × "),
    _input("upside down", lambda tensor: tensor[:, :, ::-1].copy()),
    _input("channels reversed", lambda tensor: tensor[:, ::-1].copy()),
    around("averaged with the mirrored input", "infer", _mirrored_too),
    around("the answer to the input before", "infer", _stale),
    around("answers remembered by the shape of the input", "infer", _by_shape, ("batch of 2",)),
)

__getattr__ = factories(PLANTED)
