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
class Suspect:
    """One candidate held against what was observed.

    Attributes:
        names: of its mistakes; empty for the reference's way.
        distance: root mean square of the difference, in units of std, or levels.
        values: what it gives, (3, h, w).
    """

    names: tuple[str, ...]
    distance: float
    values: NDArray[np.float32]

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
        suspects: the nearest candidates, nearest first; empty where none has the observed shape.
        explained: the share of the difference from the reference that the nearest explains, 0..1; where the reference has
            another shape, the share of what the tensor itself varies by. NaN where none has the observed shape.
        evidence: what was measured beside.
        observed: the tensor.
        right: the reference's picture, uint8 (h, w, 3).
    """

    names: tuple[str, ...]
    ties: list[tuple[str, ...]]
    suspects: list[Suspect]
    explained: float
    evidence: list[Evidence]
    observed: Observed
    right: NDArray[np.uint8]

    @property
    def healthy(self) -> bool:
        """Whether the tensor is the reference's own, to the last digit that matters."""
        return bool(self.suspects) and not self.names and self.suspects[0].distance <= SAME + self.observed.rounding

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
    suspects = held_against(observed.values, every, observed.levels)
    left = suspects[0].distance if suspects else float("inf")
    if left > (LEFT if observed.levels else LEFT / 255 / max(contract.std)):
        for more in (pairs(data, contract, observed.levels, observed.size), _another_normalisation(observed, every)):
            found = held_against(observed.values, more, observed.levels)
            if found and found[0].distance < BETTER * (suspects[0].distance if suspects else float("inf")):
                suspects = _ranked([*suspects, *found])
    explained = _explained(observed, every[0], suspects)
    ties = tied(suspects) if explained >= BELIEVED or (suspects and not suspects[0].names) else []
    return Finding(
        ties[0] if ties else (),
        ties,
        suspects[:NEAR],
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


def held_against(values: NDArray[np.float32], candidates: Iterable[Candidate], levels: bool) -> list[Suspect]:
    """The candidates of the observed shape, nearest first, and of those equally near the one with the fewest mistakes.

    Only the nearest few keep their values.
    """
    suspects = []
    for candidate in candidates:
        made = candidate.values(levels)
        if made.shape == values.shape:
            suspects.append(Suspect(candidate.names, _distance(made, values), made))
    return _ranked(suspects)


def _ranked(suspects: list[Suspect]) -> list[Suspect]:
    return sorted(suspects, key=lambda suspect: (suspect.distance, len(suspect.names)))


def tied(suspects: list[Suspect]) -> list[tuple[str, ...]]:
    """Those that give the same tensor as the nearest, the simplest first, and none that only adds to another of them."""
    tied = [s for s in suspects if np.abs(s.values - suspects[0].values).max() <= SAME]
    tied.sort(key=lambda suspect: len(suspect.names))
    kept: list[tuple[str, ...]] = []
    for suspect in tied:
        if not any(set(names) < set(suspect.names) for names in kept):
            kept.append(suspect.names)
    return kept


def _distance(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(a - b, dtype=np.float64))))


def _explained(observed: Observed, reference: Candidate, suspects: list[Suspect]) -> float:
    """The share of the squared difference from the reference that the nearest accounts for."""
    if not suspects:
        return float("nan")
    nearest = suspects[0].distance
    if nearest <= SAME:
        return 1.0
    right = reference.values(observed.levels)
    same = right.shape == observed.values.shape
    gap = _distance(right, observed.values) if same else float(observed.values.std())
    return 1 - (nearest / gap) ** 2 if gap else 0.0
