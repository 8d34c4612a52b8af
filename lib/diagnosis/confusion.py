"""How often diagnosis is right, measured on the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.deploy import Contract
from lib.deploy.stages import Normalise
from lib.diagnosis.candidates import Candidate, singles
from lib.diagnosis.evidence import SAME
from lib.diagnosis.finding import ranked, tied
from lib.inputs.photos import Photo
from lib.mistakes import CATALOGUE

NOISE = 1 / 3  # the share of the picture's values that are put off by one level, up or down


@dataclass(frozen=True)
class Attempt:
    """One mistake on one photo, diagnosed from its tensor alone.

    Attributes:
        photo: the photo's name.
        mistake: the mistake that was committed.
        named: the names that diagnosis gave: the likeliest, then those that give the very same tensor; ``""`` is no mistake.
    """

    photo: str
    mistake: str
    named: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the mistake is the one named, or gives the very same tensor on this photo."""
        return self.mistake in self.named


@dataclass(frozen=True)
class Confusion:
    """Diagnosis over the catalogue; that of several photos adds up with ``+``.

    Attributes:
        attempts: at the mistakes that change the photo's tensor.
        idle: how many combinations of mistake and photo change nothing, and so cannot be diagnosed.
        false_alarms: how many photos' own right tensors were taken for a mistake's.
        photos: how many photos there were.
    """

    attempts: tuple[Attempt, ...] = ()
    idle: int = 0
    false_alarms: int = 0
    photos: int = 0

    def __add__(self, other: Confusion) -> Confusion:
        return Confusion(
            self.attempts + other.attempts,
            self.idle + other.idle,
            self.false_alarms + other.false_alarms,
            self.photos + other.photos,
        )

    @property
    def right(self) -> int:
        """How many attempts name the right mistake."""
        return sum(attempt.right for attempt in self.attempts)

    @property
    def share(self) -> float:
        """The share of attempts that are right, 0..1; NaN where there were none."""
        return self.right / len(self.attempts) if self.attempts else float("nan")


def confusion(photo: Photo, contract: Contract, random: np.random.Generator) -> Confusion:
    """Commit every mistake on a photo, put a part of the levels off by one, and diagnose the tensor.

    A service in another language computes the same filter with other roundings; the noise stands for that, so that diagnosis
    is not compared with its own digits.

    Args:
        photo: to commit the mistakes on.
        contract: the right preprocessing.
        random: for the noise.
    """
    candidates = list(singles(photo.data, contract, levels=False))
    reference = candidates[0].values(levels=False)
    attempts, idle, false_alarms = [], 0, 0
    for candidate in candidates:
        noise = _noise(candidate.picture.shape, random)
        clean = candidate.values(levels=False)
        if candidate.names and clean.shape == reference.shape and np.abs(clean - reference).max() <= SAME:
            idle += 1
            continue
        observed = _normalised(candidate, noise, contract)
        named = tuple("".join(names) for names in tied(ranked(observed, candidates, levels=False)))
        if candidate.names:
            attempts.append(Attempt(photo.name, candidate.names[0], named))
        else:
            false_alarms += "" not in named
    return Confusion(tuple(attempts), idle, false_alarms, 1)


def _noise(shape: tuple[int, ...], random: np.random.Generator) -> NDArray[np.int8]:
    """-1, 0 or 1 for each value of a picture."""
    drawn = random.random(shape)  # as Generator.choice draws, which takes five times as long to look the values up
    return (drawn >= NOISE / 2).astype(np.int8) + (drawn >= 1 - NOISE / 2) - 1


def _normalised(candidate: Candidate, noise: NDArray[np.int8], contract: Contract) -> NDArray[np.float32]:
    """A candidate's tensor, (3, h, w), with noise on the picture that is normalised."""
    mistaken = [CATALOGUE[name] for name in candidate.names if CATALOGUE[name].stage == "normalise"]
    normalise = mistaken[0].make(contract) if mistaken else Normalise(contract.mean, contract.std)
    noisy = np.clip(candidate.picture.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    tensor: NDArray[np.float32] = np.asarray(normalise(noisy))[0]
    return tensor
