"""The likeliest mistake: the one whose tensor comes nearest to what was observed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import STAGES, Contract
from lib.diagnosis.candidates import ANOTHER_NORMALISATION, Candidate, fitted, pairs, singles
from lib.diagnosis.evidence import SAME, Evidence, evidence
from lib.diagnosis.observed import Observed
from lib.mistakes import CATALOGUE

# Root mean square in levels that is left where the right picture was never rounded to whole levels is 0.29; where one mistake
# leaves more than this, two at once are tried, and believed where they leave less than half as much.
LEFT = 0.35
BETTER = 0.5
BELIEVED = 0.5  # the share of the difference that a mistake must explain to be named
NEAR = 5  # candidates that a finding names


@dataclass(frozen=True)
class RankedCandidate:
    """One candidate, and how far it is from what was observed.

    Attributes:
        names: of its mistakes; empty for the reference's way.
        distance: root mean square of the difference, in units of std, or levels.
        values: what it gives, float32 (3, h, w); None where others are so much nearer that it gives another tensor than the
            nearest for certain, since hundreds of candidates are too much to hold.
    """

    names: tuple[str, ...]
    distance: float
    values: NDArray[np.float32] | None

    @property
    def label(self) -> str:
        """Its name in a sentence."""
        return " and ".join(self.names) or "no mistake"


@dataclass(frozen=True)
class Finding:
    """What a tensor says of the service that made it.

    Attributes:
        names: the likeliest mistakes: one, two at once, or none where the reference's way comes nearest or nothing explains
            enough.
        ties: all sets of names that give the very same tensor on this photo, the likeliest first.
        nearest: the nearest candidates, nearest first; empty where none has the observed shape.
        explained: the share of the difference from the reference that the nearest explains, 0..1; where the reference has
            another shape, the share of what the tensor itself varies by. NaN where none has the observed shape.
        evidence: what was measured beside.
        observed: the tensor.
        right: the reference's picture, uint8 (h, w, 3).
    """

    names: tuple[str, ...]
    ties: list[tuple[str, ...]]
    nearest: list[RankedCandidate]
    explained: float
    evidence: list[Evidence]
    observed: Observed
    right: NDArray[np.uint8]

    @property
    def healthy(self) -> bool:
        """Whether the tensor is the reference's own, to the last digit that matters."""
        return bool(self.nearest) and not self.names and self.nearest[0].distance <= SAME + self.observed.rounding

    @property
    def stage(self) -> str:
        """The first stage that the likeliest mistakes change; empty where there is none."""
        return min(map(stage_of, self.names), key=STAGES.index, default="")


def stage_of(name: str) -> str:
    """The stage that a mistake changes, those included that only diagnosis knows."""
    if name in CATALOGUE:
        return CATALOGUE[name].stage
    return "normalise" if name == ANOTHER_NORMALISATION else "resize"


def diagnose(data: bytes, tensor: NDArray[Any] | Observed, contract: Contract) -> Finding:
    """Name the likeliest mistake behind a tensor.

    Every mistake of the catalogue is committed on the photo, and the one whose tensor comes nearest is named. Where it leaves
    something unexplained, two mistakes at once are tried.

    Args:
        data: the photo's bytes.
        tensor: what the service fed its network for that photo; see :meth:`Observed.of`.
        contract: the preprocessing that the network was trained with.

    Raises:
        BadInput: the photo cannot be decoded, or the tensor cannot be read.
    """
    observed = tensor if isinstance(tensor, Observed) else Observed.of(tensor)
    every = list(singles(data, contract, observed.levels))
    right = every[0].picture
    nearest = ranked(observed.values, every, observed.levels)
    left = nearest[0].distance if nearest else float("inf")
    if left > (LEFT if observed.levels else LEFT / 255 / max(contract.std)):
        for more in (pairs(data, contract, observed.levels, observed.size), _another_normalisation(observed, every)):
            found = ranked(observed.values, more, observed.levels)
            if found and found[0].distance < BETTER * (nearest[0].distance if nearest else float("inf")):
                nearest = _in_order([*nearest, *found])
    explained = _explained(observed, every[0], nearest)
    ties = tied(nearest) if explained >= BELIEVED or (nearest and not nearest[0].names) else []
    return Finding(
        ties[0] if ties else (),
        ties,
        nearest[:NEAR],
        explained,
        evidence(observed, contract, right),
        observed,
        right,
    )


def _another_normalisation(observed: Observed, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Those with a right normalisation, with a fitted one in its place."""
    for candidate in candidates:
        if not observed.levels and "normalise" not in map(stage_of, candidate.names):
            made = fitted(candidate, observed.values)
            if made is not None:
                yield made


def ranked(values: NDArray[np.float32], candidates: Iterable[Candidate], levels: bool) -> list[RankedCandidate]:
    """The candidates of the observed shape, nearest first, and of those equally near the one with the fewest mistakes."""
    found: list[RankedCandidate] = []
    least = float("inf")
    for candidate in candidates:
        made = candidate.values(levels)
        if made.shape == values.shape:
            distance = _distance(made, values)
            least = min(least, distance)
            found.append(RankedCandidate(candidate.names, distance, made if distance <= _reach(least) else None))
    return _in_order(found)


def _in_order(candidates: list[RankedCandidate]) -> list[RankedCandidate]:
    return sorted(candidates, key=lambda each: (each.distance, len(each.names)))


def _reach(distance: float) -> float:
    """How far a candidate can be, root mean square, that gives the same tensor as one at ``distance``.

    The distances of two tensors that differ by :data:`SAME` at most differ by no more; the rest is for float32 rounding.
    """
    return distance * (1 + 1e-6) + SAME


def tied(nearest: list[RankedCandidate]) -> list[tuple[str, ...]]:
    """Those that give the same tensor as the nearest, the simplest first, and none that only adds to another of them.

    Args:
        nearest: one or more, as :func:`ranked` orders them.
    """
    first = nearest[0]
    same = [each for each in nearest if each.distance <= _reach(first.distance) and _equal(each.values, first.values)]
    same.sort(key=lambda each: len(each.names))
    kept: list[tuple[str, ...]] = []
    for each in same:
        if not any(set(names) < set(each.names) for names in kept):
            kept.append(each.names)
    return kept


def _equal(a: NDArray[np.float32] | None, b: NDArray[np.float32] | None) -> bool:
    return a is not None and b is not None and bool(np.abs(a - b).max() <= SAME)


def _distance(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    difference = (a - b).ravel()
    return float(np.sqrt(np.dot(difference, difference) / difference.size))


def _explained(observed: Observed, reference: Candidate, nearest: list[RankedCandidate]) -> float:
    """The share of the squared difference from the reference that the nearest accounts for."""
    if not nearest:
        return float("nan")
    left = nearest[0].distance
    if left <= SAME:
        return 1.0
    right = reference.values(observed.levels)
    same = right.shape == observed.values.shape
    gap = _distance(right, observed.values) if same else float(observed.values.std())
    return 1 - (left / gap) ** 2 if gap else 0.0
