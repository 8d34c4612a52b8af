"""How far the answers to different inputs are apart: whether comparing them could have found a difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST = float(np.finfo(np.float32).tiny)  # what a tolerance of 0 counts as


def spread(photos: Sequence[NDArray[Any]], grey: Callable[[], NDArray[Any]]) -> float:
    """How far the logits of the middle photo are from the mean of all.

    A network that gave this mean for every photo would be off by that much on the middle one. It is the middle one, so that
    a few plain photos count for little.

    Args:
        photos: logits of each photo, (classes,) or (1, classes); at least one.
        grey: gives the logits of a plain grey input. It is called where there is one photo only, to hold that against.

    Returns:
        The median over photos of the largest distance of any logit; NaN where a logit is NaN.
    """
    rows = [np.asarray(each, np.float64).reshape(-1) for each in ([*photos] if len(photos) > 1 else [*photos, grey()])]
    if not all(np.isfinite(row).all() for row in rows):
        return float("nan")
    centre = np.mean(rows, axis=0)
    return float(np.median([np.abs(row - centre).max() for row in rows]))


def in_tolerances(distance: float, tolerance: float) -> float:
    """A distance relative to what may differ, without unit."""
    return distance / max(tolerance, LEAST)
