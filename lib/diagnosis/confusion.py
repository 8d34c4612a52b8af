"""How often diagnosis is right, measured on the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lib.deploy import Contract, Pipeline
from lib.deploy.stages import decode, preprocessing
from lib.diagnosis.candidates import singles
from lib.diagnosis.evidence import SAME
from lib.diagnosis.finding import held_against, tied
from lib.mistakes import CATALOGUE
from lib.inputs.photos import Photo
from lib.compare.shared import Sweep

NOISE = 1 / 3  # the share of the picture's values that are put off by one level, up or down


@dataclass(frozen=True)
class Trial:
    """One mistake on one photo, diagnosed from its tensor alone.

    Attributes:
        photo: the photo's name.
        mistake: the mistake that was committed.
        ties: the names that diagnosis gave: the likeliest, then those that give the very same tensor; ``""`` is no mistake.
    """

    photo: str
    mistake: str
    ties: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the mistake is the one named, or gives the very same tensor on this photo."""
        return self.mistake in self.ties


@dataclass(frozen=True)
class Trials:
    """Diagnosis over a catalogue and photos.

    Attributes:
        trials: of the mistakes that change the photo's tensor.
        idle: how many combinations of mistake and photo change nothing, and so cannot be diagnosed.
        false_alarms: photos on which the reference's own tensor was taken for a mistake's.
        photos: how many photos there were.
    """

    trials: list[Trial]
    idle: int
    false_alarms: int
    photos: int

    @property
    def share(self) -> float:
        """The share of trials that are right, 0..1; NaN where there were none."""
        return sum(trial.right for trial in self.trials) / len(self.trials) if self.trials else float("nan")


def trials(photos: Sequence[Photo], contract: Contract, seed: int = 0) -> Trials:
    """Commit every mistake on every photo, put a part of its levels off by one, and diagnose the tensor.

    A service in another language computes the same filter with other roundings; the noise stands for that, so that diagnosis
    is not held against its own digits.

    Args:
        photos: to commit the mistakes on.
        contract: the right preprocessing.
        seed: for the noise.
    """
    random = np.random.default_rng(seed)
    found, idle, alarms = [], 0, 0
    for photo in photos:
        candidates = list(singles(photo.data, contract, levels=False))
        reference = candidates[0].values(False)
        sweep = Sweep(photo.data)
        for name in ("", *(name for candidate in candidates for name in candidate.names)):
            observed = sweep.trace(_noisy(name, contract, random)).normalise[0]
            clean = next(candidate.values(False) for candidate in candidates if candidate.names == ((name,) if name else ()))
            if name and clean.shape == reference.shape and np.abs(clean - reference).max() <= SAME:
                idle += 1
                continue
            ties = tuple("".join(names) for names in tied(held_against(observed, candidates, levels=False)))
            if name:
                found.append(Trial(photo.name, name, ties))
            else:
                alarms += "" not in ties
    return Trials(found, idle, alarms, len(photos))


def _noisy(name: str, contract: Contract, random: np.random.Generator) -> Pipeline:
    """The pipeline up to normalisation with a mistake in it, or none, and noise on the picture that is normalised."""
    resize, normalise = preprocessing(contract)
    same = _identity
    pipeline = Pipeline(decode, resize, normalise, same, same)
    if name:
        pipeline = CATALOGUE[name].commit(pipeline, contract)

    def resize_with_noise(picture: Any) -> Any:
        pixels = np.asarray(pipeline.resize(picture)).astype(np.int16)
        steps = random.choice([-1, 0, 1], size=pixels.shape, p=[NOISE / 2, 1 - NOISE, NOISE / 2])
        return np.clip(pixels + steps, 0, 255).astype(np.uint8)

    return replace(pipeline, resize=resize_with_noise)


def _identity(value: Any) -> Any:
    return value
