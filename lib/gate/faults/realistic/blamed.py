"""Networks that answer something else, another thing each time, or at times nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from lib.gate.deployed import Planted, Stage, after, around, factories

_RANDOM = np.random.default_rng()


def _untrained(infer: Stage) -> Stage:
    """The same for the same input, and without any sense: weights as they were drawn, in place of those that were learned."""

    def inferred(tensor: Any) -> Any:
        right = infer(tensor)
        features = np.stack(
            [
                np.stack([part.mean(axis=(2, 3)) for part in np.array_split(half, 4, axis=3)], axis=1)
                for half in np.array_split(tensor, 4, axis=2)
            ],
            axis=1,
        ).reshape(len(tensor), -1)
        weights = np.random.default_rng(0).normal(0, 1, (features.shape[1], right.shape[1]))
        return (features @ weights).astype(np.float32)

    return inferred


def _dropout(logits: Any) -> Any:
    return logits + _RANDOM.normal(0, 0.5, logits.shape).astype(np.float32)


def _each_fourth(infer: Stage) -> Stage:
    """Each fourth answer is no number."""
    asked = 0

    def inferred(tensor: Any) -> Any:
        nonlocal asked
        asked += 1
        logits = infer(tensor)
        return logits if asked % 4 else np.full_like(logits, np.nan)

    return inferred


PLANTED: tuple[Planted, ...] = (
    around("a network whose weights were never loaded", "infer", _untrained),
    after("a network that was left in training", "infer", _dropout),
    around("each fourth answer not a number", "infer", _each_fourth),
)

__getattr__ = factories(PLANTED)
