"""Small folders, plans and pipelines that end the process they run in: workers import this module by name."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lib.deploy import Pipeline
from lib.handoff import Handoff
from lib.inputs.reading import sha256
from lib.sweep import versions
from lib.sweep.model import SweptModel
from lib.sweep.plan import Plan
from lib.sweep.shard import Task
from lib.sweep.ways import Mistaken, Way
from tests.conftest import encoded, picture

MISTAKES = ("re-encoded JPEG", "squash", "Pillow nearest", "no mean and std")
DEADLY = b"deadly"  # at the end of a photo's bytes, where no decoder looks


def folder(place: Path, count: int = 24) -> Path:
    """Photos of several shapes, two of them in a subfolder."""
    (place / "sub").mkdir(parents=True)
    for number in range(count):
        image = picture(*((300, 240), (240, 300), (260, 260))[number % 3], seed=number)
        (place / ("sub" if number < 2 else "") / f"{number:03d}.png").write_bytes(encoded(image))
    return place


def paths(place: Path) -> list[str]:
    return sorted(str(path.relative_to(place)) for path in place.rglob("*.png"))


def plan(handoff: Handoff, *groups: Sequence[Way]) -> Plan:
    ways = groups or ([Mistaken((name,)) for name in MISTAKES],)
    digest = sha256(handoff.onnx_path.read_bytes())
    return Plan.of(str(handoff.onnx_path), digest, ways, versions.here())


def tasks(handoff: Handoff, place: Path, results: Path, size: int = 4, by: Plan | None = None) -> list[Task]:
    results.mkdir(exist_ok=True)
    names, by = paths(place), by or plan(handoff)
    return [Task(by, str(place), tuple(names[i : i + size]), str(results)) for i in range(0, len(names), size)]


@dataclass(frozen=True)
class Ends:
    """A pipeline that ends its process: at each photo that ends with :data:`DEADLY`, or once, where ``once`` names a file."""

    once: str = ""
    name: str = "ends"
    needs: frozenset[str] = frozenset()

    def made(self, model: SweptModel) -> Pipeline:
        def decode(data: bytes) -> object:
            if self.once and not Path(self.once).exists():
                Path(self.once).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            if not self.once and data.endswith(DEADLY):
                os.kill(os.getpid(), signal.SIGKILL)
            return model.pipeline.decode(data)

        return replace(model.pipeline, decode=decode)


@dataclass(frozen=True)
class EndsAtOnce:
    """A pipeline that ends every process in which it is made."""

    name: str = "ends at once"
    needs: frozenset[str] = frozenset()

    def made(self, model: SweptModel) -> Pipeline:
        os.kill(os.getpid(), signal.SIGKILL)
        return model.pipeline


@dataclass(frozen=True)
class Fails:
    """A pipeline that raises at every photo."""

    name: str = "fails"
    needs: frozenset[str] = frozenset()

    def made(self, model: SweptModel) -> Pipeline:
        def resize(value: object) -> object:
            raise ValueError("no such photo\nis known")

        return replace(model.pipeline, resize=resize)


@dataclass(frozen=True)
class Naught:
    """A pipeline whose probabilities are NaN."""

    name: str = "naught"
    needs: frozenset[str] = frozenset()

    def made(self, model: SweptModel) -> Pipeline:
        return replace(model.pipeline, score=lambda logits: np.full_like(logits, np.nan))
