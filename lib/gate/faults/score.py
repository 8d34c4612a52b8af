"""Faults of scoring: logits to something that is no softmax, or nearly one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy.stages import score
from lib.gate.deployed import after, before, factories, stage

Array = NDArray[Any]


def _sigmoid(logits: Array) -> Array:
    return (1 / (1 + np.exp(-np.asarray(logits, np.float64)))).astype(np.float32)


def _over_the_batch(logits: Array) -> Array:
    return score(np.asarray(logits).T).T


def _of_2(logits: Array) -> Array:
    return score(np.asarray(logits) * np.float32(np.log(2)))


def _one_hot(probabilities: Array) -> Array:
    return (probabilities == probabilities.max(axis=1, keepdims=True)).astype(np.float32)


def _top_five(probabilities: Array) -> Array:
    least = np.sort(probabilities, axis=1)[:, -5:-4]
    return np.where(probabilities >= least, probabilities, 0).astype(np.float32)


def _clamped(most: float) -> Callable[[Array], Array]:
    return lambda probabilities: np.minimum(probabilities, np.float32(most))


def _without_background(logits: Array) -> Array:
    """Softmax of all classes but the first, which stands for the background in some lists."""
    probabilities = score(np.asarray(logits)[:, 1:])
    return np.pad(probabilities, ((0, 0), (1, 0)))


PLANTED = (
    stage("sigmoid for softmax", "score", lambda _: _sigmoid),
    stage("softmax over the batch", "score", lambda _: _over_the_batch),
    stage("powers of 2 for those of e", "score", lambda _: _of_2),
    stage("no softmax", "score", lambda _: lambda logits: logits),
    stage("the first class taken for background", "score", lambda _: _without_background),
    before("a temperature of 1.01", "score", lambda logits: logits / np.float32(1.01)),
    before("softmax of logits in float16", "score", lambda logits: np.asarray(logits, np.float16)),
    before("softmax of a softmax", "score", score),
    after("logarithms of probabilities", "score", np.log),
    after("probabilities in percent", "score", lambda probabilities: probabilities * 100),
    after("probabilities rounded to three decimals", "score", lambda probabilities: probabilities.round(3)),
    after("probabilities in float16", "score", lambda probabilities: probabilities.astype(np.float16)),
    after("no probability above 0.99", "score", _clamped(0.99)),
    after("no probability above 0.5", "score", _clamped(0.5)),
    after("one for the likeliest class, zero for the others", "score", _one_hot),
    after("zero for all but the five likeliest classes", "score", _top_five),
)

__getattr__ = factories(PLANTED)
