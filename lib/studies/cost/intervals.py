"""How far a number over photos may be from what other photos would have given: a bootstrap of whole clusters.

Photos of one cluster, as crops of one picture or frames of one video, tell nearly the same. An interval that takes them for
independent is too narrow. So whole clusters are drawn with replacement, as many as there are, and every number is computed anew
over what was drawn: the percentile interval of Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, chapter 13, on
clusters as in Davison and Hinkley, *Bootstrap Methods and their Application*, 1997, section 3.8, and Field and Welsh,
"Bootstrapping clustered data", Journal of the Royal Statistical Society B 69, 2007. With few clusters, ten or so, it is still
somewhat too narrow: 95 % of few draws is little.

All numbers share the same draws, so that a difference of two pipelines is one over the same photos.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import beta

from lib.studies.cost.findings import CONFIDENCE, Estimate

CHUNK = 1024
"""Clusters whose weights are held at once. What is drawn depends on it."""

HELD = 3 * 2**24
"""Sums of clusters that are held at once, 8 bytes each. What is found does not depend on it."""

TAIL = (1 - CONFIDENCE) / 2


@dataclass(frozen=True)
class Drawn:
    """A number over the photos as they are, and over each of the resamples.

    Two of the same resampling can be added, subtracted and divided. What cannot be divided, as where a resample has no labelled
    photo, is NaN and left out of the interval.

    Attributes:
        values: float64 (1 + repeats,), over the photos as they are, then over each resample.
        clusters: how many clusters it is of: for a sum those in which it is not 0, for a ratio those of its denominator.
    """

    values: NDArray[np.float64]
    clusters: int

    @property
    def value(self) -> float:
        """The number over the photos as they are."""
        return float(self.values[0])

    def __add__(self, other: Drawn) -> Drawn:
        return Drawn(self.values + other.values, min(self.clusters, other.clusters))

    def __sub__(self, other: Drawn) -> Drawn:
        return Drawn(self.values - other.values, min(self.clusters, other.clusters))

    def __truediv__(self, other: Drawn) -> Drawn:
        return Drawn(divided(self.values, other.values), other.clusters)


class Resampling:
    """Clusters of photos and how they are drawn: the same seed draws the same, however often it is asked."""

    def __init__(self, clusters: NDArray[np.int64], seed: int, repeats: int) -> None:
        """Nothing is drawn yet.

        Args:
            clusters: int64 (N,), of each photo, 0 to the number of clusters less one.
            seed: of the draws, not negative.
            repeats: how many resamples there are.
        """
        self.clusters = clusters
        self.count = int(clusters.max()) + 1
        self.seed = seed
        self.repeats = repeats

    def weights(self) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """How often each cluster was drawn, for one chunk of clusters after the other.

        The draws are multinomial to the letter, though no more than a chunk is ever held: how many of them fall into a chunk is
        binomial given how many remain, and which of its clusters they hit is uniform.

        Yields:
            The clusters of the chunk, and float64 (1 + repeats, clusters of the chunk): ones for the photos as they are, then a
            row for each resample.
        """
        draw = np.random.default_rng(self.seed)
        left = np.full(self.repeats, self.count, dtype=np.int64)
        for start in range(0, self.count, CHUNK):
            size = min(CHUNK, self.count - start)
            here = draw.binomial(left, size / (self.count - start))
            left -= here
            rows = np.repeat(np.arange(self.repeats) * size, here)
            rows += draw.integers(size, size=len(rows), dtype=np.int32)
            weights = np.ones((1 + self.repeats, size))
            weights[1:] = np.bincount(rows, minlength=self.repeats * size).reshape(self.repeats, size)
            yield slice(start, start + size), weights

    def sums(self, columns: Iterable[NDArray[Any]]) -> list[Drawn]:
        """Sums over photos.

        Columns are taken as they are needed, and only their sums over clusters are held, some at a time. Each draw is then made
        again, so that the result is the same to the last digit whatever was asked for together.

        Args:
            columns: numbers or bools (N,) each, without NaN. An infinite one makes its whole sum NaN.

        Returns:
            One for each column.
        """
        reduced = (_exact(np.bincount(self.clusters, column, self.count)) for column in columns)
        found: list[Drawn] = []
        while held := list(islice(reduced, max(1, HELD // self.count))):
            values = np.zeros((len(held), 1 + self.repeats))
            for chunk, weights in self.weights():
                values += np.stack([column[chunk] for column in held]) @ weights.T
            found += [Drawn(row, int(np.count_nonzero(column))) for row, column in zip(values, held, strict=True)]
            held.clear()  # before the next are taken
        return found

    def histogram(self, bins: NDArray[np.int64], counts: NDArray[np.int64], size: int) -> NDArray[np.float64]:
        """Counts in bins.

        Args:
            bins: int64 (N, K), 0 to ``size`` less one: where in the histogram a photo counts.
            counts: int64 (N, K), how much it counts there.
            size: how many bins there are.

        Returns:
            float64 (size, 1 + repeats), over the photos as they are, then over each resample.
        """
        counted = counts > 0
        places = np.broadcast_to(self.clusters[:, None], bins.shape)[counted], bins[counted]
        sparse = csr_array((counts[counted].astype(np.float64), places), shape=(self.count, size))
        found = np.zeros((size, 1 + self.repeats))
        for chunk, weights in self.weights():
            found += sparse[chunk].T @ weights.T
        return found


def share(drawn: Drawn) -> Estimate:
    """A share with its interval.

    Where all resamples give the same, as where nothing was seen to flip, the bootstrap's interval is that one value, which
    claims a certainty that nobody has. It is then Clopper and Pearson's exact one, "The use of confidence or fiducial limits
    illustrated in the case of the binomial", Biometrika 26, 1934. Its trials are the clusters and not the photos: a hundred
    crops of one picture without a flip are one piece of evidence. Of a share between 0 and 1 the number of successes need not
    be whole, as in Korn and Graubard, Survey Methodology 24, 1998.

    Args:
        drawn: shares, 0..1.
    """
    if _spread(drawn) or not drawn.clusters:
        return _percentiles(drawn)
    hits = drawn.value * drawn.clusters
    misses = drawn.clusters - hits
    low = float(beta.ppf(TAIL, hits, misses + 1)) if hits else 0.0
    high = float(beta.ppf(1 - TAIL, hits + 1, misses)) if misses else 1.0
    return Estimate(drawn.value, low, high)


def mean(drawn: Drawn) -> Estimate:
    """A mean, or a difference of means, with its interval; its ends are NaN where one cluster tells no spread."""
    return _percentiles(drawn) if drawn.clusters > 1 else Estimate(drawn.value, np.nan, np.nan)


def change(drawn: Drawn, least: float = -1.0) -> Estimate:
    """A difference of shares with its interval.

    Where all resamples give the same, no cluster was seen to be otherwise; the interval then goes to both sides by the largest
    share of clusters that may be, by :func:`share` of none.

    Args:
        drawn: differences of shares, ``least`` to 1.
        least: that there may be.
    """
    if _spread(drawn) or not drawn.clusters:
        return _percentiles(drawn)
    unseen = share(Drawn(np.zeros(1), drawn.clusters)).high
    return Estimate(drawn.value, max(least, drawn.value - unseen), min(1.0, drawn.value + unseen))


def divided(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """One by the other, float64 of their shape; NaN where the divisor is 0."""
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)


def _exact(column: NDArray[Any]) -> NDArray[np.float64]:
    """A column rounded so that a sum over any draw of it has no rounding error, and so no order in which it was added up.

    What is lost is less than 2**-51 of the largest number times the number of clusters: for a million clusters one of 10**9.
    """
    if not np.isfinite(column).all():
        return np.full(column.shape, np.nan)
    exponent = np.frexp(np.abs(column).max() * len(column))[1]
    return np.ldexp(np.rint(np.ldexp(column, 52 - exponent)), exponent - 52)


def _spread(drawn: Drawn) -> bool:
    known = drawn.values[~np.isnan(drawn.values)]
    return bool((known != drawn.value).any())


def _percentiles(drawn: Drawn) -> Estimate:
    known = drawn.values[1:][~np.isnan(drawn.values[1:])]
    if np.isnan(drawn.value) or not len(known):
        return Estimate(drawn.value, np.nan, np.nan)
    low, high = np.quantile(known, (TAIL, 1 - TAIL))
    return Estimate(drawn.value, float(low), float(high))
