"""Which candidates come nearest to an observed tensor, and how much of it each explains."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lib.diagnosis.candidates import Candidate, few
from lib.diagnosis.evidence import SAME, Evidence
from lib.diagnosis.measurements import ARITHMETIC
from lib.diagnosis.observed import Observed, at_size

NEAR = 5  # candidates that a finding shows
# The share of the squared difference from the reference that a mistake must explain to be named. Tried were 50 to 98 %: of the
# mistakes that are no arithmetic, with normal noise of two levels on three bundled photos, nothing wrong is named from here on.
CONFIDENT = 0.95
# Root mean square in levels that it may leave all the same: a crop or a turn explains nearly all of the difference from the
# reference, whatever else was done. libvips is 0.7 off what is written for it here, and noise of two levels 2; a slight blur 8.
CLOSE = 3.0
MEASURED = (
    "Measured on the bundled photos: of what is not in the catalogue, the nearest mistake explains at most 82 %, or it leaves "
    "more; with noise of two levels every name from 95 % on is right, and from 90 % on 2 of 85 are wrong."
)
ROUNDED = 0.99  # the share of values within one level from which on a candidate gives the tensor to rounding
HALF = 0.5  # of the distance
_MARGIN = 1.25  # by which the distance of a few values may be above that of all


@dataclass(frozen=True)
class RankedCandidate:
    """One candidate, and how far it is from what was observed.

    Attributes:
        names: of its mistakes; empty for the reference's way.
        distance: root mean square of the difference, in units of std, or levels.
        left: the same in levels, by the candidate's own normalisation.
        values: what it gives, float32 (3, h, w).
        explained: the share of the squared difference from the reference that it accounts for, 0..1, below 0 where it is
            further off; at the reference's size, to which all three are scaled where the observed shape is another.
        rounded: whether it gives the tensor to rounding: at least :data:`ROUNDED` of the values are within one level.
    """

    names: tuple[str, ...]
    distance: float
    left: float
    values: NDArray[np.float32]
    explained: float
    rounded: bool

    @property
    def label(self) -> str:
        """Its name in a sentence."""
        return " and ".join(self.names) or "no mistake"

    @property
    def believed(self) -> bool:
        """Whether it can be named.

        What changes each value by itself is arithmetic: it gives the tensor to rounding, or it was something else. Another
        library's resize or decoder comes near.
        """
        near = self.explained >= CONFIDENT and self.left <= CLOSE
        return self.rounded or (near and not ARITHMETIC.intersection(self.names))


class Ranking:
    """The candidates nearest to one observed tensor, of those that the evidence allows.

    Hundreds of candidates are too much to hold: only the nearest are kept, and those as near as the nearest to rounding.

    Args:
        observed: the tensor.
        evidence: what was measured on it.
        reference: the reference's own way.

    Attributes:
        same: whether the reference's own way gives the tensor to rounding.
    """

    def __init__(self, observed: Observed, evidence: Evidence, reference: Candidate) -> None:
        self.observed = observed
        self.evidence = evidence
        self._right, self._size = reference.values, reference.size
        self._seen = at_size(observed.values, self._size)
        self._gap = _distance(self._seen, self._right)
        self.same = reference.size == observed.size and _within_a_level(reference, observed)
        self._few = few(observed.values)
        self._nearest: list[tuple[float, Candidate]] = []

    def add(self, candidate: Candidate) -> None:
        """Take a candidate into account; one of another shape, or ruled out, is passed over."""
        if candidate.size != self.observed.size or not self.evidence.allows(candidate.names):
            return
        reach = np.inf
        if len(self._nearest) >= NEAR:
            reach = max(_reach(self._nearest[0][0]), self._nearest[-1][0])
        if _distance(candidate.few, self._few) > _MARGIN * reach:
            return
        distance = _distance(candidate.values, self.observed.values)
        if distance > reach or (candidate.names and candidate.size == self._size and _equal(candidate.values, self._right)):
            return  # too far away, or it changes nothing on this photo
        self._nearest.append((distance, candidate))
        self._nearest.sort(key=lambda each: (each[0], len(each[1].names)))
        reach = _reach(self._nearest[0][0])
        self._nearest = [each for i, each in enumerate(self._nearest) if i < NEAR or each[0] <= reach]
        vars(self).pop("nearest", None)

    @cached_property
    def nearest(self) -> list[RankedCandidate]:
        """The nearest candidates so far, nearest first, and of those equally near the one with the fewest mistakes first."""
        return [self._ranked(candidate, distance) for distance, candidate in self._nearest]

    def _ranked(self, candidate: Candidate, distance: float) -> RankedCandidate:
        same = candidate.size == self._size
        left = distance if same else _distance(at_size(candidate.values, self._size), self._seen)
        explained = 1.0 if distance <= SAME else 1 - (left / self._gap) ** 2 if self._gap else 0.0
        rounded = _within_a_level(candidate, self.observed)
        if self.same and candidate.names:  # the reference does, too: roundings are not told apart by chance
            rounded = rounded and left <= HALF * self._gap
        level = float(np.abs(candidate.level).mean())
        return RankedCandidate(candidate.names, distance, distance / level, candidate.values, explained, rounded)

    @property
    def settled(self) -> bool:
        """Whether nothing is left to explain but roundings."""
        return self.same or (bool(self.nearest) and self.nearest[0].rounded)

    @property
    def ties(self) -> list[tuple[str, ...]]:
        """Those that give the same tensor as the nearest, the simplest first, and none that only adds to another of them."""
        if not self.nearest:
            return []
        first = self.nearest[0]
        within = _reach(first.distance)
        same = [each for each in self.nearest if each.distance <= within and _equal(each.values, first.values)]
        same.sort(key=lambda each: len(each.names))
        kept: list[tuple[str, ...]] = []
        for each in same:
            if not any(set(names) < set(each.names) for names in kept):
                kept.append(each.names)
        return kept


def _within_a_level(candidate: Candidate, observed: Observed) -> bool:
    level = np.abs(candidate.level) * np.float32(1.01) + np.float32(SAME + observed.rounding)
    return bool((np.abs(observed.values - candidate.values) <= level).mean() >= ROUNDED)


def _reach(distance: float) -> float:
    """How far a candidate can be, root mean square, that gives the same tensor as one at ``distance``.

    The distances of two tensors that differ by :data:`SAME` at most differ by no more; the rest is for float32 rounding.
    """
    return distance * (1 + 1e-6) + SAME


def _equal(a: NDArray[np.float32], b: NDArray[np.float32]) -> bool:
    return bool(np.abs(a - b).max() <= SAME)


def _distance(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    difference = (a - b).ravel()
    return float(np.sqrt(np.dot(difference, difference) / difference.size))
