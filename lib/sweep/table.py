"""What a sweep found, a row a photo, in the order in which the photos were listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Answers:
    """What one pipeline answered to each photo.

    Attributes:
        top1: int32 (N,), index of the likeliest class; -1 where there is no answer, since the pipeline refused the photo, or
            where it holds a NaN.
        margin: float32 (N,), logits: that of the reference's class less the largest other one. It is negative where the class
            is another, and NaN where there is no answer.
        kl: float64 (N,), nats: Kullback-Leibler divergence of these probabilities from the reference's; NaN where there is no
            answer.
    """

    top1: NDArray[np.int32]
    margin: NDArray[np.float32]
    kl: NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """A sweep's numbers. A file whose content is that of an earlier one has no row: the photo counts once.

    Attributes:
        photos: N names: paths from the folder on, made printable.
        clusters: int64 (N,), 0 to the number of clusters less one: photos of one cluster, as crops of one picture are, tell of
            one another. Where each photo stands for itself it is a cluster of its own.
        top1: int32 (N,), the reference's likeliest class.
        lead: float32 (N,), logits: the reference's likeliest class over its second.
        probability: float32 (N,), 0..1, of the reference's likeliest class.
        second: float32 (N,), 0..1, of the reference's second class.
        ways: names of the pipelines that were held against the reference.
        read: from the name of one of these to its answers. They are read when they are asked for: a million photos times all
            pipelines need not be held at once.
    """

    photos: tuple[str, ...]
    clusters: NDArray[np.int64]
    top1: NDArray[np.int32]
    lead: NDArray[np.float32]
    probability: NDArray[np.float32]
    second: NDArray[np.float32]
    ways: tuple[str, ...]
    read: Callable[[str], Answers]
