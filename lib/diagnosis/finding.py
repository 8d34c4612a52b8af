"""What a tensor says of the service that made it: the likeliest mistake, or what is known where none is likely enough."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.deploy import STAGES, Contract
from lib.diagnosis.candidates import Allowed, Base, Candidate, composed, singles
from lib.diagnosis.details import details
from lib.diagnosis.evidence import Evidence, correlations, evidence, likeness
from lib.diagnosis.framing import Framed, Names, framed
from lib.diagnosis.measurements import ALIKE, ANOTHER_NORMALISATION, AS_STORED, Measurement
from lib.diagnosis.normalisation import Line, known
from lib.diagnosis.observed import Observed
from lib.diagnosis.ranking import NEAR, RankedCandidate, Ranking
from lib.mistakes import CATALOGUE
from lib.mistakes.effects import effects
from lib.probes.files import ORIENTATION

COARSE = 12  # pixels along the longer side of the pictures by which it is told which part of a photo is shown
FEW = 2  # rules with which every filter is tried after another decoder, too
RULES, WAYS = 4, 2  # rules that come nearest to it, and ways to write each, that are tried with every filter
MORE_LIKE = 0.02  # correlation by which a photo as it is stored is more like than upright, if its orientation was ignored


@dataclass(frozen=True)
class Finding:
    """What a tensor says of the service that made it.

    Attributes:
        names: the likeliest mistakes, one or several at once; none where the tensor is the reference's own, or where no mistake
            of the catalogue explains enough.
        ties: all sets of names that give the very same tensor on this photo, the likeliest first; empty where ``names`` is.
        alike: those that cannot be told from it by this tensor: they do the same, by another library, or are no further off.
        chosen: the candidate that ``names`` are of, or that they would be of if it explained enough; None where none is near.
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
    alike: list[Names]
    chosen: RankedCandidate | None
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
    def effects(self) -> tuple[str, ...]:
        """What the named mistakes do, whichever library's they are; empty where none is named."""
        return effects(self.names)

    @property
    def others(self) -> list[tuple[str, ...]]:
        """The effects that this tensor cannot tell from :attr:`effects`."""
        every = [effects(names) for names in (*self.ties[1:], *self.alike)]
        return [each for each in dict.fromkeys(every) if each != self.effects]

    @property
    def line(self) -> Line | None:
        """The normalisation that was fitted, where it is not the reference's."""
        return self.chosen.line if self.chosen is not None else None

    @property
    def explained(self) -> float:
        """The share of the difference from the reference that the nearest explains, as :class:`RankedCandidate` has it.

        NaN where there is none.
        """
        return self.chosen.explained if self.chosen is not None else float("nan")

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
        if self.names:
            return (min(map(stage_of, self.names), key=STAGES.index),)
        return ("decode",) if self.evidence.stored else self.evidence.stages


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
    bases = [Base.of(data, contract, levels)]
    if Image.open(io.BytesIO(data)).getexif().get(ORIENTATION, 1) in range(2, 9):
        bases.append(Base.of(data, contract, levels, (AS_STORED,)))
    reference, lines = bases[0].right, known(contract)
    rankings: list[Ranking] = []
    by_base: dict[Names, list[Ranking]] = {base.names: [] for base in bases}
    for observed in tensors:
        base = _begun_with(observed, bases)
        rankings.append(Ranking(observed, evidence(observed, contract, base.right.picture, base.names), reference, lines))
        rankings[-1].add(reference)
        by_base[base.names].append(rankings[-1])
    upright = by_base[()]
    _rank(upright, singles(data, contract, levels, _allowed(upright)))
    for ranking in upright:
        if not ranking.settled and not levels:
            ranking.fit(reference)
    for base in bases:
        unsure = [each for each in by_base[base.names] if not each.settled]
        if unsure:
            _search(base, unsure)
    return [_finding(ranking, reference, contract) for ranking in rankings]


def _begun_with(observed: Observed, bases: Sequence[Base]) -> Base:
    """The upright picture, or where the tensor is more like it, the one that is stored."""
    if len(bases) == 1:
        return bases[0]
    alike = [max(likeness(observed, picture) for picture in base.shown) for base in bases]
    if max(alike) < ALIKE:  # a service that mirrors is not one that ignores how the photo has to be turned
        mirrored = [max(likeness(observed, picture[:, ::-1]) for picture in base.shown) for base in bases]
        alike = [max(each) for each in zip(alike, mirrored, strict=True)]
    return bases[-1] if alike[-1] > alike[0] + MORE_LIKE else bases[0]


def _search(base: Base, rankings: Sequence[Ranking]) -> None:
    """Rank several mistakes at once on one base."""
    frames = framed(base.pixels, base.contract, {ranking.observed.size for ranking in rankings})
    near = [_near(ranking.observed, frames) for ranking in rankings]
    first = {names for places in near for names in list(dict.fromkeys(frames[place].names for place in places))[:FEW]}
    for candidate in composed(base, frames, {place for places in near for place in places}, first, _allowed(rankings)):
        for ranking in rankings:
            ranking.fit(candidate)


def _near(observed: Observed, frames: Sequence[Framed]) -> list[int]:
    """The places of what shows about the part of the photo that was observed, whatever filter and normalisation were used."""
    seen = _coarse(observed.values)
    alike = {
        place: float(correlations(np.stack([seen, _coarse(frame.picture.transpose(2, 0, 1).astype(np.float32))]))[0, 1])
        for place, frame in enumerate(frames)
        if frame.picture.shape[:2] == observed.values.shape[1:]
    }
    by_rule: dict[Names, list[int]] = {}
    for place in sorted(alike, key=lambda place: -alike[place]):
        by_rule.setdefault(frames[place].names, []).append(place)
    return [place for places in list(by_rule.values())[:RULES] for place in places[:WAYS]]


def _coarse(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A small grey picture, as a row."""
    height, width = values.shape[1:]
    scale = COARSE / max(height, width)
    grey = Image.fromarray(values.mean(axis=0))
    return np.asarray(grey.resize((max(2, round(width * scale)), max(2, round(height * scale))), Image.Resampling.BOX)).ravel()


def _rank(rankings: Iterable[Ranking], candidates: Iterable[Candidate]) -> None:
    for candidate in candidates:
        for ranking in rankings:
            ranking.add(candidate)


def _allowed(rankings: Iterable[Ranking]) -> Allowed:
    return lambda names: any(ranking.evidence.allows(names) for ranking in rankings)


def _finding(ranking: Ranking, reference: Candidate, contract: Contract) -> Finding:
    chosen = ranking.chosen
    ties: list[Names] = []
    alike: list[Names] = []
    if chosen is not None and chosen.believed:
        ties = ranking.ties if chosen.fuller is None else [chosen.names]
        alike = ranking.alike
    if ties and not ties[0]:
        ties = alike = []  # the reference's own way comes nearest
    return Finding(
        ties[0] if ties else (),
        ties,
        alike,
        chosen,
        ranking.nearest[:NEAR],
        ranking.same,
        ranking.evidence,
        ranking.observed,
        reference.picture,
        contract,
    )
