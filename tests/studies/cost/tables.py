"""Tables of a sweep, made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lib.sweep.table import Answers, Table

REFUSED = -1


def answers(top1: Sequence[int], margin: Sequence[float], kl: Sequence[float] | None = None) -> Answers:
    """One pipeline's answers; NaN where it refused."""
    refused = np.array(top1) == REFUSED
    return Answers(
        np.array(top1, dtype=np.int32),
        np.where(refused, np.nan, margin).astype(np.float32),
        np.where(refused, np.nan, np.zeros(len(top1)) if kl is None else kl),
    )


def table(
    ways: Mapping[str, Answers],
    lead: Sequence[float],
    clusters: Sequence[int] | None = None,
    top1: Sequence[int] | None = None,
    probability: Sequence[float] | None = None,
    second: Sequence[float] | None = None,
) -> Table:
    """A table of these ways; each photo is a cluster and of class 0 where nothing is said."""
    count = len(lead)
    return Table(
        tuple(f"{place}.png" for place in range(count)),
        np.arange(count) if clusters is None else np.array(clusters, dtype=np.int64),
        np.zeros(count, dtype=np.int32) if top1 is None else np.array(top1, dtype=np.int32),
        np.array(lead, dtype=np.float32),
        np.full(count, 0.5, dtype=np.float32) if probability is None else np.array(probability, dtype=np.float32),
        np.full(count, 0.25, dtype=np.float32) if second is None else np.array(second, dtype=np.float32),
        tuple(ways),
        dict(ways).__getitem__,
    )


def drawn_at_random(ways: Sequence[str], count: int, clusters: NDArray[np.int64], seed: int = 0) -> Table:
    """A table in which photos of one cluster have much in common, and a smaller lead flips more often."""
    draw = np.random.default_rng(seed)
    lead = (draw.exponential(2, clusters.max() + 1)[clusters] + draw.exponential(1, count)).astype(np.float32)
    top1 = draw.integers(0, 5, count).astype(np.int32)
    made = {}
    for way in ways:
        margin = lead - draw.normal(1, 1, clusters.max() + 1)[clusters] - draw.normal(0.5, 1, count)
        refused = draw.random(count) < 0.02
        named = np.where(refused, REFUSED, np.where(margin < 0, top1 + 1, top1))
        made[way] = answers(named.tolist(), margin.tolist(), draw.exponential(0.1, count).tolist())
    likeliest = 1 / (1 + np.exp(-lead))
    return table(made, lead.tolist(), clusters.tolist(), top1.tolist(), likeliest.tolist(), (0.9 * (1 - likeliest)).tolist())
