"""What a tensor says of the service that made it: the likeliest mistake, or what is known where none is likely enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import STAGES, Contract
from lib.diagnosis.candidates import Candidate, Names, fitted, pairs, singles
from lib.diagnosis.details import details
from lib.diagnosis.evidence import Evidence, evidence
from lib.diagnosis.measurements import ANOTHER_NORMALISATION, Measurement
from lib.diagnosis.observed import Observed
from lib.diagnosis.ranking import CONFIDENT, NEAR, RankedCandidate, Ranking
from lib.mistakes import CATALOGUE

# Two mistakes are preferred to one where they leave nothing but rounding, or where the second explains as large a share of what
# the first leaves as a mistake must to be named; that share is of squares.
BETTER = (1 - CONFIDENT) ** 0.5


@dataclass(frozen=True)
class Finding:
    """What a tensor says of the service that made it.

    Attributes:
        names: the likeliest mistakes, one or two at once; none where the tensor is the reference's own, or where no mistake of
            the catalogue explains enough.
        ties: all sets of names that give the very same tensor on this photo, the likeliest first; empty where ``names`` is.
        nearest: the nearest candidates of those that the evidence allows, nearest first; empty where none has the observed
            shape.
        same: whether the reference's own way gives the tensor to rounding.
        evidence: what was measured.
        observed: the tensor.
        right: the reference's picture, uint8 (h, w, 3).
        contract: the preprocessing that the subject states.
    """

    names: Names
    ties: list[Names]
    nearest: list[RankedCandidate]
    same: bool
    evidence: Evidence
    observed: Observed
    right: NDArray[np.uint8]
    contract: Contract

    @property
    def healthy(self) -> bool:
        """Whether the tensor is the reference's own, to the last digit that matters."""
        return self.evidence.same is not None

    @property
    def explained(self) -> float:
        """The share of the difference from the reference that the nearest explains, as :class:`RankedCandidate` has it.

        NaN where there is none.
        """
        return self.nearest[0].explained if self.nearest else float("nan")

    @property
    def measured(self) -> list[Measurement]:
        """The evidence, and beside it what rules nothing out."""
        comparable = self.evidence.curve is not None and not self.healthy
        return [*self.evidence, *(details(self.observed, self.contract, self.right) if comparable else ())]

    @property
    def stages(self) -> tuple[str, ...]:
        """The first stage that the likeliest mistakes change; where there are none, those that it can be."""
        if self.healthy:
            return ()
        return (min(map(stage_of, self.names), key=STAGES.index),) if self.names else self.evidence.stages


def stage_of(name: str) -> str:
    """The stage that a mistake changes, those included that only diagnosis knows."""
    if name in CATALOGUE:
        return CATALOGUE[name].stage
    return "normalise" if name == ANOTHER_NORMALISATION else "resize"


def diagnose(data: bytes, tensor: NDArray[Any] | Observed, contract: Contract) -> Finding:
    """Name the likeliest mistake behind a tensor, or none.

    What can be measured comes first, and rules mistakes out. Those that are left are committed on the photo, and the one whose
    tensor comes nearest is named if it gives the observed one to rounding, or explains enough of the difference from the
    reference. Where it leaves something unexplained, two mistakes at once are tried.

    Args:
        data: the photo's bytes.
        tensor: what the service fed its network for that photo; see :meth:`Observed.of`.
        contract: the preprocessing that the subject states.

    Raises:
        BadInput: the photo cannot be decoded, or the tensor cannot be read.
    """
    observed = tensor if isinstance(tensor, Observed) else Observed.of(tensor)
    return diagnose_all(data, [observed], contract)[0]


def diagnose_all(data: bytes, tensors: Sequence[Observed], contract: Contract) -> list[Finding]:
    """As :func:`diagnose`, of several tensors that services made of one photo: every mistake is committed once.

    Args:
        data: the photo's bytes.
        tensors: all levels, or all floats.
        contract: the preprocessing that the subject states.
    """
    levels = all(observed.levels for observed in tensors)
    reference = next(singles(data, contract, levels))
    measured = [evidence(observed, contract, reference.picture) for observed in tensors]
    by_one = [Ranking(*each, reference) for each in zip(tensors, measured, strict=True)]
    _rank(by_one, singles(data, contract, levels, _allowed(by_one)))
    for ranking in by_one:
        if not ranking.settled and ranking.evidence.curve is not None and ranking.evidence.curve.line and not levels:
            ranking.add(fitted(reference, ranking.observed.values))
    unsure = [i for i, each in enumerate(by_one) if not each.settled]
    by_two = {i: Ranking(tensors[i], measured[i], reference) for i in unsure}
    sizes = {tensors[i].size for i in unsure}
    _rank(by_two.values(), pairs(data, contract, levels, sizes, _allowed(by_two.values())) if by_two else ())
    return [_finding(ranking, by_two.get(i), reference, contract) for i, ranking in enumerate(by_one)]


def _rank(rankings: Iterable[Ranking], candidates: Iterable[Candidate]) -> None:
    for candidate in candidates:
        for ranking in rankings:
            ranking.add(candidate)


def _allowed(rankings: Iterable[Ranking]) -> Any:
    return lambda names: any(ranking.evidence.allows(names) for ranking in rankings)


def _finding(one: Ranking, two: Ranking | None, reference: Candidate, contract: Contract) -> Finding:
    chosen = one
    if two is not None and two.nearest:
        least = one.nearest[0].distance if one.nearest else float("inf")
        if two.nearest[0].rounded or two.nearest[0].distance < BETTER * least:
            chosen = two
    ties = chosen.ties if chosen.nearest and chosen.nearest[0].believed else []
    if ties and not ties[0]:
        ties = []  # the reference's own way comes nearest
    return Finding(
        ties[0] if ties else (),
        ties,
        chosen.nearest[:NEAR],
        one.same,
        one.evidence,
        one.observed,
        reference.picture,
        contract,
    )
