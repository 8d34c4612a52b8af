"""A deployment whose network never answers twice the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from lib.gate.deployed import Planted, Stage, around, factories

_DROPPED = 0.2


def _dropout(infer: Stage) -> Stage:
    """Left in the mode of training: a fifth of what is added up is left out, each time another."""
    random = np.random.default_rng()

    def inferred(tensor: Any) -> Any:
        logits = infer(tensor)
        return (logits * (random.random(logits.shape) >= _DROPPED) / (1 - _DROPPED)).astype(np.float32)

    return inferred


PLANTED: tuple[Planted, ...] = (around("the network left in the mode of training", "infer", _dropout),)

__getattr__ = factories(PLANTED)
