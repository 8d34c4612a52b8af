"""Which number of the reference's answer alone predicts that a mistaken pipeline answers otherwise.

Photos that a pipeline does not answer are left out of its answers: no margin says what a decoder refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from lib.studies.cost.costs import Tally
from lib.studies.cost.findings import Band, Margins, Predictor
from lib.studies.cost.intervals import Drawn, Resampling, divided, share
from lib.sweep.table import Table

SAFE = 0.01
"""Share of flips that ``safe`` allows, 0..1."""

BANDS = 10
"""Most bands of the lead: deciles."""

PHOTOS = 10
"""Least photos in a band, where there is more than one band."""

BINS = 256
"""Bins of a number, by which the area under the curve is computed."""


def margins(table: Table, tallies: Sequence[Tally], resampling: Resampling) -> Margins:
    """How well each number predicts flips, and how many flips there are at each lead.

    Args:
        table: of the sweep.
        tallies: of the mistakes.
        resampling: of the table's clusters.
    """
    numbers = {
        "lead in logits": table.lead,
        "lead in probability": table.probability - table.second,
        "probability of the likeliest class": table.probability,
    }
    photos = len(table.top1)
    flips = _of_photos([tally.flipped for tally in tallies], photos)
    answers = len(tallies) - _of_photos([tally.silent for tally in tallies], photos)
    areas = auc(list(numbers.values()), tallies, resampling)
    predictors = [
        Predictor(name, share(area), safe(number, flips, answers))
        for (name, number), area in zip(numbers.items(), areas, strict=True)
    ]
    predictors.sort(key=lambda predictor: -np.nan_to_num(predictor.auc.value))
    return Margins(tuple(predictors), bands(table.lead, flips, answers, resampling), SAFE)


def auc(numbers: Sequence[NDArray[np.float32]], tallies: Sequence[Tally], resampling: Resampling) -> list[Drawn]:
    """Area under the ROC curve of each number, for predicting which answers flip.

    It is the share, of all pairs of an answer that flipped and one by the same mistake that did not, in which the flipped one
    has the smaller number; equal numbers count half (Hanley and McNeil, Radiology 143, 1982). A mistake so weighs by its pairs,
    and one that flips nothing or everything has none.

    For each number photos are sorted into :data:`BINS` bins of about equally many photos, or one for each value where there are
    no more values; what is in the same bin counts as equal. That moves the area by less than 0.0001 where it is smooth. Of
    mistakes that answered the same photos the flips are counted together. With T photos in a bin and beyond it (those in it
    count half), and F flips of a mistake in all, its pairs in which the flipped one is smaller are the sum of T over its flips,
    less those of two flipped ones, which are F * F / 2.

    Args:
        numbers: float32 (N,) each.
        tallies: of the mistakes.
        resampling: of the clusters.

    Returns:
        0..1 for each number; its ``clusters`` are those with a flip.
    """
    photos = len(resampling.clusters)
    places = [2 * BINS * kind + _binned(number) for kind, number in enumerate(numbers)]
    bins = np.stack((*places, *(place + BINS for place in places)), axis=1)  # of answers, and of flips
    smaller = np.zeros((len(numbers), 1 + resampling.repeats))
    pairs = np.zeros(1 + resampling.repeats)
    flipping = np.zeros(photos, dtype=np.bool_)
    together: dict[bytes, list[Tally]] = {}
    for tally in tallies:
        together.setdefault(tally.silent.tobytes(), []).append(tally)
    for same in together.values():
        answered = 1 - _of_photos([same[0].silent], photos)
        flips = _of_photos([tally.flipped for tally in same], photos)
        flipping |= flips > 0
        counts = np.repeat(np.stack((answered, flips), axis=1), len(numbers), axis=1)
        histogram = resampling.histogram(bins, counts, 2 * BINS * len(numbers)).reshape(len(numbers), 2, BINS, -1)
        seen, flipped = histogram[:, 0], histogram[:, 1]
        beyond = seen.sum(axis=1, keepdims=True) - np.cumsum(seen, axis=1) + seen / 2
        squares = sum((tally.answered - tally.agreed).values ** 2 for tally in same)
        smaller += (flipped * beyond).sum(axis=1) - squares / 2
        pairs += seen[0].sum(axis=0) * flipped[0].sum(axis=0) - squares
    clusters = len(np.unique(resampling.clusters[flipping]))
    return [Drawn(divided(row, pairs), clusters) for row in smaller]


def safe(number: NDArray[np.float32], flips: NDArray[np.int64], answers: NDArray[np.int64]) -> float:
    """The least value from which on at most :data:`SAFE` of the answers flip.

    Args:
        number: float32 (N,).
        flips: int64 (N,), answers to each photo that are another class.
        answers: int64 (N,), answers to each photo.

    Returns:
        A value of ``number``; NaN where there is none.
    """
    order = np.argsort(-number, kind="stable")
    values, flipped, answered = number[order], np.cumsum(flips[order]), np.cumsum(answers[order])
    whole = np.append(values[1:] != values[:-1], True)  # equal values go together
    good = values[whole & (answered > 0) & (flipped <= SAFE * answered)]
    return float(good[-1]) if len(good) else float("nan")


def bands(
    lead: NDArray[np.float32], flips: NDArray[np.int64], answers: NDArray[np.int64], resampling: Resampling
) -> tuple[Band, ...]:
    """Photos by their lead: ten bands of equally many, or one more photo, and fewer bands where they would have too few.

    Args:
        lead: float32 (N,), logits.
        flips: int64 (N,), answers to each photo that are another class.
        answers: int64 (N,), answers to each photo.
        resampling: of the clusters.
    """
    places = np.array_split(np.argsort(lead, kind="stable"), max(1, min(BANDS, len(lead) // PHOTOS)))
    inside = [np.isin(np.arange(len(lead)), place) for place in places]
    sums = resampling.sums(np.where(photos, counts, 0) for photos in inside for counts in (flips, answers))
    return tuple(
        Band(
            low=float(lead[place[0]]),
            high=float(lead[place[-1]]),
            answers=int(answered.value),
            flips=int(flipped.value),
            rate=share(flipped / answered),
        )
        for place, flipped, answered in zip(places, sums[::2], sums[1::2], strict=True)
    )


def _of_photos(bits: Iterable[NDArray[np.uint8]], photos: int) -> NDArray[np.int64]:
    """How often the bit of each photo is set, int64 (N,)."""
    found = np.zeros(photos, dtype=np.int64)
    for packed in bits:
        found += np.unpackbits(packed, count=photos)
    return found


def _binned(number: NDArray[np.float32]) -> NDArray[np.int64]:
    """The bin of each photo, int64 (N,), 0 to BINS less one; larger numbers are in later bins, equal ones in the same."""
    values, places = np.unique(number, return_inverse=True)
    if len(values) <= BINS:
        return places
    edges = np.quantile(number.astype(np.float64), np.arange(1, BINS) / BINS)
    return np.searchsorted(edges, number, side="right")
