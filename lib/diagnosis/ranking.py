"""Which candidates come nearest to an observed tensor, and how much of it each explains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lib.diagnosis.candidates import Candidate, few
from lib.diagnosis.evidence import SAME, Evidence
from lib.diagnosis.framing import Names
from lib.diagnosis.measurements import ANOTHER_NORMALISATION, ARITHMETIC, CURVES, SCALES, STRETCHES
from lib.diagnosis.normalisation import Line, fitted
from lib.diagnosis.observed import Observed, at_size
from lib.mistakes.effects import effects, simpler
from lib.mistakes.resizers import RESIZERS

_KNOWN_SCALES = SCALES - {ANOTHER_NORMALISATION}
NEAR = 5  # candidates that a finding shows
KEPT = 12  # candidates that are held: enough for all libraries' ways to do the same
# The share of the squared difference that a mistake must explain to be named: of the difference from the reference all of them
# together, and each of them of what is left without it.
CONFIDENT = 0.95
# Root mean square in levels that it may leave all the same: a crop or a turn explains nearly all of the difference from the
# reference, whatever else was done. Another library's filter of the same kind is 0.2 to 5 off, a slight blur 8.
CLOSE = 5.0
ROUNDED = 0.99  # the share of values within one level from which on a candidate gives the tensor to rounding
BETTER = (1 - CONFIDENT) ** 0.5  # the same share of distances, which are no squares
# Filters are many and alike, so that a wrong one explains much of what another did; a rule, a decoder or a normalisation need
# explain no more than the second of these shares of what is left without it.
FILTER, SHARE = 0.9, 0.8
# Root mean square in levels by which a resize of two steps that both round in their own way is off at most (libvips: 1.06):
# a normalisation alone may leave it.
TWO_ROUNDINGS = 1.25
TIED = 1.1, 0.02  # times the nearest's distance, and levels: what is no further off cannot be told from it
_MARGIN = 1.25  # by which the distance of a few values may be above that of all


@dataclass(frozen=True)
class RankedCandidate:
    """One candidate, and how far it is from what was observed.

    Attributes:
        names: of its mistakes; empty for the reference's way.
        distance: root mean square of the difference, in units of std, or levels.
        left: the same in levels, by the candidate's own normalisation.
        values: what it gives, float32 (3, h, w); None where it was not kept.
        explained: the share of the squared difference from the reference that it accounts for, 0..1, below 0 where it is
            further off; at the reference's size, to which all three are scaled where the observed shape is another.
        rounded: whether it gives the tensor to rounding: at least :data:`ROUNDED` of the values are within one level.
        line: the normalisation that was fitted; None where it was not asked for.
        fuller: the nearest of all, where it has mistakes more, of which it is not sure enough that they were made.
    """

    names: Names
    distance: float
    left: float
    values: NDArray[np.float32] | None
    explained: float
    rounded: bool
    line: Line | None = None
    fuller: RankedCandidate | None = None

    @property
    def label(self) -> str:
        """Its name in a sentence."""
        return " and ".join(self.names) or "no mistake"

    @property
    def level(self) -> float:
        """One level, in the units of :attr:`distance`; 1 where nothing tells."""
        return self.distance / self.left if self.left else 1.0

    @property
    def believed(self) -> bool:
        """Whether it can be named.

        What changes each value by itself is arithmetic: it gives the tensor to rounding, or it was something else. Another
        library's resize or decoder comes near, as these mistakes do together with one that is not named: its filter, say.
        """
        if self.explained < CONFIDENT:
            return False
        if self.rounded or (self.left <= TWO_ROUNDINGS and _KNOWN_SCALES.issuperset(self.names)):
            return True
        nearest = self.fuller or self
        arithmetic = ARITHMETIC.issuperset(nearest.names) or CURVES.intersection(nearest.names)
        return nearest.left <= CLOSE and not arithmetic


class Ranking:
    """The candidates nearest to one observed tensor, of those that the evidence allows.

    Hundreds of candidates are too much to hold: only the nearest are kept, and those as near as the nearest to rounding.

    Args:
        observed: the tensor.
        evidence: what was measured on it.
        reference: the reference's own way.
        lines: the normalisations that are known, for what :meth:`fit` is given.

    Attributes:
        same: whether the reference's own way gives the tensor to rounding.
    """

    def __init__(self, observed: Observed, evidence: Evidence, reference: Candidate, lines: tuple[Line, ...] = ()) -> None:
        self.observed = observed
        self.evidence = evidence
        self._right, self._size, self._lines = reference.values, reference.size, lines
        self._seen = at_size(observed.values, self._size)
        self._gap = _distance(self._seen, self._right)
        self.same = reference.size == observed.size and _within_a_level(reference, observed)
        self._few = few(observed.values)
        self._nearest: list[tuple[float, Candidate]] = []
        # Of every candidate, by names; and the least for each picture, whatever it was normalised with. Of those far away only
        # as a few of the values tell it.
        self._distances: dict[Names, float] = {}
        self._pictures: dict[Names, tuple[float, Names]] = {}

    def add(self, candidate: Candidate) -> None:
        """Take a candidate into account; one of another shape, or ruled out, is passed over."""
        if candidate.size != self.observed.size or not self.evidence.allows(candidate.names):
            return
        rough = _distance(candidate.few, self._few)
        reach = self._reach
        if rough > _MARGIN * reach:
            self._note(candidate.names, rough)
            return
        distance = _distance(candidate.values, self.observed.values)
        self._note(candidate.names, distance)
        twin = next((each for each in self._nearest if each[1].names == candidate.names), None)
        if distance > reach or self._idle(candidate) or (twin is not None and twin[0] <= distance):
            return  # a rule may be written in several ways, of which the nearest counts
        if twin is not None:
            self._nearest.remove(twin)
        self._nearest.append((distance, replace(candidate)))  # without what it has computed
        self._nearest.sort(key=lambda each: (each[0], len(each[1].names)))
        reach = _reach(self._nearest[0][0])
        self._nearest = [each for i, each in enumerate(self._nearest) if i < KEPT or each[0] <= reach]
        vars(self).pop("nearest", None)

    def fit(self, candidate: Candidate) -> None:
        """Take a picture into account: with its own normalisation, and where another was used, with the one that fits best.

        Args:
            candidate: its names are of mistakes that made the picture.
        """
        self.add(candidate)
        whole = self.evidence.whole
        if whole is None or whole.right or candidate.size != self.observed.size or not self.evidence.allows(candidate.names):
            return
        thin = candidate.thin
        roughly = next(iter(fitted(thin, self._few, self._lines)), None)
        if roughly is None or not roughly.name or _twice(candidate.names, roughly):
            return
        rough = _distance(roughly(thin)[0].reshape(3, -1), self._few)
        if rough > _MARGIN * self._reach:
            self._note((*candidate.names, roughly.name), rough)
            return
        for line in fitted(candidate.picture, self.observed.values, self._lines):
            if line.name and not _twice(candidate.names, line):
                self.add(replace(candidate, names=(*candidate.names, line.name), normalise=line))

    def _idle(self, candidate: Candidate) -> bool:
        """Whether it changes nothing on this photo."""
        return bool(candidate.names) and candidate.size == self._size and _equal(candidate.values, self._right)

    @property
    def _reach(self) -> float:
        """How far a candidate can be that is kept."""
        if len(self._nearest) < KEPT:
            return float("inf")
        return max(_reach(self._nearest[0][0]), self._nearest[-1][0])

    def _note(self, names: Names, distance: float) -> None:
        self._distances[names] = min(distance, self._distances.get(names, distance))
        picture = _picture(names)
        if picture not in self._pictures or distance < self._pictures[picture][0]:
            self._pictures[picture] = distance, names

    @cached_property
    def nearest(self) -> list[RankedCandidate]:
        """The nearest candidates so far, nearest first, and of those equally near the one with the fewest mistakes first."""
        return [self._ranked(candidate, distance) for distance, candidate in self._nearest]

    def _ranked(self, candidate: Candidate, distance: float) -> RankedCandidate:
        same = candidate.size == self._size
        left = distance if same else _distance(at_size(candidate.values, self._size), self._seen)
        explained = 1.0 if distance <= SAME else 1 - (left / self._gap) ** 2 if self._gap else 0.0
        level = float(np.abs(candidate.level).mean())
        return RankedCandidate(
            candidate.names,
            distance,
            distance / level,
            candidate.values,
            explained,
            _within_a_level(candidate, self.observed),
            candidate.normalise if isinstance(candidate.normalise, Line) else None,
        )

    @property
    def chosen(self) -> RankedCandidate | None:
        """The nearest, less each mistake that does not explain enough of what is left without it; None where nothing is near.

        Such a mistake was something else, or nothing at all: without it something is left unexplained, and said to be.
        """
        if not self.nearest:
            return None
        nearest = self.nearest[0]
        names = nearest.names
        while idle := [fewer for part, fewer in self._simpler(names) if self._distances[names] > _most_left(part) * fewer[0]]:
            names = min(idle)[1]
        kept = next((each for each in self.nearest if each.names == names), None)
        if kept is None:
            distance = self._distances[names]
            explained = 1 - (distance / self._gap) ** 2 if self._gap else 0.0
            kept = RankedCandidate(names, distance, distance / nearest.level, None, explained, False)
        return kept if kept is nearest else replace(kept, fuller=nearest)

    def _simpler(self, names: Names) -> list[tuple[str, tuple[float, Names]]]:
        """What is left out, and the distance with one mistake fewer, as far as it is known, with the names that lead to it.

        How a picture was normalised is not known better without a mistake in the picture, so that it is fitted anew.
        """
        found = []
        scaled = names != _picture(names)
        for part, fewer in simpler(names):
            if scaled and fewer != _picture(names):
                if _picture(fewer) in self._pictures:
                    found.append((part, self._pictures[_picture(fewer)]))
            elif fewer in self._distances:
                found.append((part, (self._distances[fewer], fewer)))
        return found

    @property
    def settled(self) -> bool:
        """Whether nothing is left to explain but roundings."""
        if self.same:
            return True
        first = self.chosen
        return first is not None and first.rounded and first.explained >= CONFIDENT

    @property
    def ties(self) -> list[Names]:
        """Those that give the same tensor as the nearest, the simplest first, and none that only adds to another of them."""
        if not self.nearest:
            return []
        first = self.nearest[0]
        within = _reach(first.distance)
        same = [each for each in self.nearest if each.distance <= within and _alike(each.values, first.values, SAME)]
        same.sort(key=lambda each: len(each.names))
        kept: list[Names] = []
        for each in same:
            if not any(set(names) < set(each.names) for names in kept):
                kept.append(each.names)
        return kept

    @property
    def alike(self) -> list[Names]:
        """What cannot be told from the nearest: of the same effect and within a level of it, or no further off; nearest first.

        Those of :attr:`ties` are left out, and what only adds to another. Of fewer mistakes than the nearest has, only how they
        were normalised may be as well.
        """
        chosen = self.chosen
        if chosen is None or self.nearest[0].values is None:
            return []
        if chosen.fuller is not None:
            most = TIED[0] * chosen.distance
            picture = _picture(chosen.names)
            return [
                names
                for names, distance in self._distances.items()
                if _picture(names) == picture and names not in (picture, chosen.names) and distance <= most
            ]
        first, ties = self.nearest[0], self.ties
        found: list[Names] = []
        for each in self.nearest:
            if each.names in ties or not each.names or len(each.names) > len(first.names):
                continue
            if effects(each.names) == effects(first.names):
                near = _alike(each.values, first.values, first.level * 1.01, ROUNDED)
            else:
                near = first.distance > SAME and each.distance <= TIED[0] * first.distance + TIED[1] * first.level
            if near and not any(set(names) < set(each.names) for names in (*ties, *found)):
                found.append(each.names)
        return found


def _twice(names: Names, line: Line) -> bool:
    """Whether a mean and std are fitted to levels that were stretched before: one of them may as well have done all of it."""
    return line.name == ANOTHER_NORMALISATION and not STRETCHES.isdisjoint(names)


def _most_left(part: str) -> float:
    """The share of the distance without a mistake that it may leave."""
    return (1 - (FILTER if part in RESIZERS else SHARE)) ** 0.5


def _picture(names: Names) -> Names:
    """The mistakes that were made before normalisation."""
    return tuple(name for name in names if name not in SCALES)


def _within_a_level(candidate: Candidate, observed: Observed) -> bool:
    level = np.abs(candidate.level) * np.float32(1.01) + np.float32(SAME + observed.rounding)
    return bool((np.abs(observed.values - candidate.values) <= level).mean() >= ROUNDED)


def _reach(distance: float) -> float:
    """How far a candidate can be, root mean square, that gives the same tensor as one at ``distance``.

    The distances of two tensors that differ by :data:`SAME` at most differ by no more; the rest is for float32 rounding.
    """
    return distance * (1 + 1e-6) + SAME


def _alike(a: NDArray[np.float32] | None, b: NDArray[np.float32] | None, by: float, share: float = 1.0) -> bool:
    """Whether so many values differ by so much at most."""
    return a is not None and b is not None and bool((np.abs(a - b) <= by).mean() >= share)


def _equal(a: NDArray[np.float32], b: NDArray[np.float32]) -> bool:
    return bool(np.abs(a - b).max() <= SAME)


def _distance(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    difference = (a - b).ravel()
    return float(np.sqrt(np.dot(difference, difference) / difference.size))
