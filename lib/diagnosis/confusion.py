"""How often diagnosis is right, does not know, and is wrong: on mistakes, on two at once, and on what is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lib.compare.trial import Refused, attempt
from lib.deploy import Contract
from lib.diagnosis.candidates import TOGETHER, Candidate, pairs, singles
from lib.diagnosis.evidence import SAME
from lib.diagnosis.finding import Finding, diagnose_all
from lib.diagnosis.framing import Names
from lib.diagnosis.observed import Observed
from lib.diagnosis.ranking import BETTER
from lib.diagnosis.strangers import STRANGERS
from lib.inputs.photos import Photo
from lib.mistakes import Mistake

# The share of the picture's values that are put off by one level, up or down: what Pillow's rounding between its two passes
# changes against a resize in floating point.
NOISE = 0.15
SLIGHT = NOISE**0.5 / BETTER  # levels, root mean square: of what differs by less the noise leaves too little to be named

ONE, TWO, STRANGER = "one mistake", "two mistakes", "no mistake of the catalogue"
KINDS = (ONE, TWO, STRANGER)

RIGHT, PART, UNKNOWN, WRONG = "right", "one of two", "not known", "wrong"
OUTCOMES = (RIGHT, PART, UNKNOWN, WRONG)


@dataclass(frozen=True)
class Attempt:
    """One photo, preprocessed in one way and diagnosed from its tensor alone.

    Attributes:
        photo: the photo's name.
        kind: of :data:`KINDS`.
        committed: the mistakes that were committed, or the name of what was done to the picture instead.
        named: the names that diagnosis gave: the likeliest, then those that give the very same tensor; empty for none.
        outcome: of :data:`OUTCOMES`. *Right* is what gives the very same tensor; *one of two* names one of two mistakes, and no
            other; *not known* names none; any other name is *wrong*.
    """

    photo: str
    kind: str
    committed: Names
    named: tuple[Names, ...]
    outcome: str


@dataclass(frozen=True)
class Confusion:
    """Diagnosis over many attempts; that of several photos adds up with ``+``.

    Attributes:
        attempts: at what changes the photo's tensor.
        idle: how many combinations of mistake and photo change nothing, and so cannot be diagnosed.
        false_alarms: how many photos' own right tensors were taken for a mistake's.
        photos: how many photos mistakes were committed on, one at a time.
        slight: how many change the picture by less than :data:`SLIGHT`, which other roundings hide.
    """

    attempts: tuple[Attempt, ...] = ()
    idle: int = 0
    false_alarms: int = 0
    photos: int = 0
    slight: int = 0

    def __add__(self, other: Confusion) -> Confusion:
        return Confusion(
            self.attempts + other.attempts,
            self.idle + other.idle,
            self.false_alarms + other.false_alarms,
            self.photos + other.photos,
            self.slight + other.slight,
        )

    def of(self, kind: str) -> list[Attempt]:
        """The attempts of a kind."""
        return [attempt for attempt in self.attempts if attempt.kind == kind]

    def count(self, outcome: str, *kinds: str) -> int:
        """How many attempts, of these kinds or of all, ended so."""
        return sum(each.outcome == outcome and each.kind in (kinds or KINDS) for each in self.attempts)

    @property
    def share(self) -> float:
        """The share of single mistakes that are named, 0..1; NaN where there were none."""
        return self.count(RIGHT, ONE) / len(self.of(ONE)) if self.of(ONE) else float("nan")

    @property
    def wrong(self) -> float:
        """The share of all attempts that end in a wrong name, 0..1; NaN where there were none."""
        return self.count(WRONG) / len(self.attempts) if self.attempts else float("nan")


def confusion(photo: Photo, contract: Contract, random: np.random.Generator, mistakes: Iterable[Mistake]) -> Confusion:
    """Commit mistakes on a photo, one at a time, put a part of the levels off by one, and diagnose the tensor.

    A service in another language computes the same filter with other roundings; the noise stands for that, so that diagnosis
    is not compared with its own digits.

    Args:
        photo: to commit the mistakes on.
        contract: the preprocessing that the subject states.
        random: for the noise.
        mistakes: of the catalogue; all of them are candidates when the tensor is diagnosed.
    """
    names = {(mistake.name,) for mistake in mistakes}
    right, *mistaken = singles(photo.data, contract, False, names.__contains__)
    changing = [each for each in mistaken if not _same(each.values, right.values)]
    clear = [each for each in changing if not _slight(each, right)]
    healthy, *findings = diagnose_all(photo.data, [_noisy(each, random) for each in (right, *clear)], contract)
    attempts = tuple(_attempt(photo.name, ONE, *each) for each in zip(clear, findings, strict=True))
    idle, slight = len(mistaken) - len(changing), len(changing) - len(clear)
    return Confusion(attempts, idle, int(bool(healthy.names)), 1, slight)


def beyond(photo: Photo, contract: Contract, random: np.random.Generator, many: int) -> Confusion:
    """Two mistakes at once, and what is no mistake of the catalogue, on a photo.

    Args:
        photo: to try them on.
        contract: the preprocessing that the subject states.
        random: for the choice of pairs, and for noise on them as :func:`confusion` has it.
        many: how many pairs are tried, as far as they change something, both of them.
    """
    one = {each.names: each for each in singles(photo.data, contract, levels=False)}
    two = [each for each in _drawn(photo, contract, random, many) if _both_show(each, one)]
    made = {name: attempt(partial(make, photo.data, contract)) for name, make in STRANGERS.items()}
    # on a square or a grey photo some are a mistake of the catalogue, or none; a photo of few pixels some cannot take
    strange = {
        name: tensor
        for name, tensor in made.items()
        if not isinstance(tensor, Refused) and not any(_same(tensor, each.values) for each in one.values())
    }
    tensors = [*(_noisy(each, random) for each in two), *(Observed.of(tensor) for tensor in strange.values())]
    findings = iter(diagnose_all(photo.data, tensors, contract))
    attempts = [_attempt(photo.name, TWO, each, next(findings)) for each in two]
    for name, tensor in strange.items():
        finding = next(findings)
        named = tuple(finding.ties)
        if named and _same(finding.nearest[0].values, tensor):
            continue  # two mistakes of the catalogue at once do the same on this photo
        attempts.append(Attempt(photo.name, STRANGER, (name,), named, WRONG if named else UNKNOWN))
    return Confusion(tuple(attempts))


def _drawn(photo: Photo, contract: Contract, random: np.random.Generator, many: int) -> Iterator[Candidate]:
    """So many pairs of mistakes, each as likely as any other."""
    names: list[Names] = []

    def listed(each: Names) -> bool:
        names.extend([each] * (len(each) == TOGETHER))
        return False

    list(pairs(photo.data, contract, listed))
    chosen = {names[i] for i in random.choice(len(names), min(many, len(names)), replace=False)}
    return pairs(photo.data, contract, chosen.__contains__)


def _both_show(pair: Candidate, one: dict[Names, Candidate]) -> bool:
    """Whether two mistakes together give another tensor than each of them alone, and than none."""
    return not any(_same(pair.values, one[names].values) for names in ((), *((name,) for name in pair.names)) if names in one)


def _attempt(photo: str, kind: str, committed: Candidate, finding: Finding) -> Attempt:
    named = tuple(finding.ties)
    if not named:
        outcome = UNKNOWN
    elif committed.names in named or _same(finding.nearest[0].values, committed.values):
        outcome = RIGHT
    else:
        outcome = PART if any(set(each) < set(committed.names) for each in named) else WRONG
    return Attempt(photo, kind, committed.names, named, outcome)


def _same(a: NDArray[np.float32] | None, b: NDArray[np.float32]) -> bool:
    return a is not None and a.shape == b.shape and bool(np.abs(a - b).max() <= SAME)


def _slight(candidate: Candidate, right: Candidate) -> bool:
    """Whether roundings hide the difference of two of one shape."""
    if candidate.values.shape != right.values.shape:
        return False
    levels = (candidate.values - right.values) / candidate.level
    return bool(np.sqrt(np.mean(levels**2)) < SLIGHT)


def _noisy(candidate: Candidate, random: np.random.Generator) -> Observed:
    """A candidate's tensor, with noise on the picture that is normalised."""
    noise = _noise(candidate.picture.shape, random)
    noisy = np.clip(candidate.picture.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    return Observed.of(replace(candidate, picture=noisy).values)


def _noise(shape: tuple[int, ...], random: np.random.Generator) -> NDArray[np.int8]:
    """-1, 0 or 1 for each value of a picture."""
    drawn = random.random(shape)  # as Generator.choice draws, which takes five times as long to look the values up
    return (drawn >= NOISE / 2).astype(np.int8) + (drawn >= 1 - NOISE / 2) - 1
