"""How far two outputs of a stage are apart, and in which unit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Normalised values are in units of the contract's std.
UNITS = {
    "decode": "levels",
    "resize": "levels",
    "normalise": "std",
    "infer": "logits",
    "score": "probability",
}


def max_abs_difference(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Largest absolute difference of two arrays.

    Infinite where their shapes differ; NaN where either holds a NaN, or where both are empty.
    """
    if a.shape != b.shape:
        return float("inf")
    if a.size == 0:
        return float("nan")
    if a.dtype == b.dtype == np.uint8:
        return float((np.maximum(a, b) - np.minimum(a, b)).max())  # exact, and an eighth of the memory
    with np.errstate(invalid="ignore"):  # infinity less infinity is NaN, which is what is wanted
        return float(np.abs(a.astype(np.float64) - b.astype(np.float64)).max())
