"""Two traces of one photo, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import STAGES, Trace

# Normalised values are in units of the contract's std.
UNITS = {
    "decode": "levels",
    "resize": "levels",
    "normalise": "std",
    "infer": "logits",
    "score": "probability",
}


def tolerances(logits: float) -> dict[str, float]:
    """The largest difference that each stage may show and still count as the same.

    Pictures must be equal in every level. Normalised values are below 4 in size, where neighbouring float32 numbers are
    2.4e-7 apart; 1e-6 leaves room for another order of operations. Logits that are each off by at most e move no probability
    by more than e / 2, since softmax's derivatives along any such change sum to at most 2 p (1 - p) e.

    Args:
        logits: what the logits may differ by.
    """
    return {"decode": 0.0, "resize": 0.0, "normalise": 1e-6, "infer": logits, "score": logits / 2}


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
    return float(np.abs(a.astype(np.float64) - b.astype(np.float64)).max())


@dataclass(frozen=True)
class Summary:
    """What a stage put out, in short.

    Attributes:
        shape: of the array.
        least: its smallest value.
        greatest: its largest value.
        mean: of its values.
    """

    shape: tuple[int, ...]
    least: float
    greatest: float
    mean: float

    @classmethod
    def of(cls, array: NDArray[Any]) -> Summary:
        """The summary of an array that is not empty."""
        return cls(array.shape, float(array.min()), float(array.max()), float(array.mean()))


@dataclass(frozen=True)
class StageDifference:
    """What two traces differ by at one stage.

    Attributes:
        stage: the stage's name.
        reference: the reference's output.
        deployment: the deployment's output.
        difference: largest absolute difference, in :data:`UNITS`; infinite where the shapes differ.
    """

    stage: str
    reference: Summary
    deployment: Summary
    difference: float

    def within(self, tolerance: float) -> bool:
        """Whether the two count as the same; never where NaN is involved."""
        return self.difference <= tolerance


def stage_differences(reference: Trace, deployment: Trace) -> list[StageDifference]:
    """The differences stage by stage, in the order of the pipeline."""
    return [
        StageDifference(stage, Summary.of(a), Summary.of(b), max_abs_difference(a, b))
        for stage in STAGES
        for a, b in [(getattr(reference, stage), getattr(deployment, stage))]
    ]


def first_divergence(differences: Iterable[StageDifference], allowed: dict[str, float]) -> str | None:
    """The first stage whose outputs differ by more than ``allowed[stage]``, or None."""
    return next((d.stage for d in differences if not d.within(allowed[d.stage])), None)


def top1(scores: NDArray[Any]) -> int:
    """Index of the likeliest class in probabilities or logits (1, classes); -1 where they hold a NaN."""
    return -1 if np.isnan(scores).any() else int(scores[0].argmax())


def lead(logits: NDArray[Any]) -> float:
    """By how much the likeliest class leads the second, in logits (1, classes); 0 where there is no second."""
    ordered = np.sort(logits[0])
    return float(ordered[-1] - ordered[-2]) if len(ordered) > 1 else 0.0
