"""What a sweep is to find out of each photo, and the key of what makes its numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lib.deploy import Pipeline
from lib.sweep import ways
from lib.sweep.model import SweptModel
from lib.sweep.versions import TORCH
from lib.sweep.ways import Way


@dataclass(frozen=True)
class Plan:
    """The reference and the pipelines that are held against it.

    Attributes:
        model: path of the exported network, whose own pipeline is the reference.
        sha256: of that file.
        groups: pipelines whose numbers lie in one file each: what is asked again and what is new keep apart.
        versions: names and versions of what computes, as :func:`lib.sweep.versions.here` gives them.
    """

    model: str
    sha256: str
    groups: tuple[tuple[Way, ...], ...]
    versions: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, model: str, sha256: str, groups: Iterable[Iterable[Way]], versions: Mapping[str, str]) -> Plan:
        """A plan; torch counts among its versions where a pipeline needs it."""
        made = tuple(tuple(group) for group in groups)
        needed = {library for group in made for way in group for library in way.needs}
        wanted = {name: version for name, version in versions.items() if name != TORCH or TORCH in needed}
        return cls(model, sha256, tuple(group for group in made if group), tuple(sorted(wanted.items())))

    @property
    def keys(self) -> tuple[str, ...]:
        """For each group a SHA-256 of all that its numbers depend on but the photos."""
        about = self.sha256, self.versions
        return tuple(hashlib.sha256(repr((about, group)).encode()).hexdigest() for group in self.groups)

    @property
    def all_ways(self) -> tuple[Way, ...]:
        """The pipelines of all groups."""
        return tuple(way for group in self.groups for way in group)


@lru_cache(maxsize=2)
def pipelines(plan: Plan) -> tuple[Pipeline, dict[str, Pipeline]]:
    """The reference, and the others by name; the same objects for the same plan in one process.

    Raises:
        BadInput: as :meth:`SweptModel.opened`, or a way cannot be made.
    """
    model = SweptModel.opened(plan.model, plan.sha256)
    return model.pipeline, {way.name: way.made(model) for way in plan.all_ways}


def renew() -> None:
    """Have pipelines made anew, with new processes for other people's code, when they are next asked for."""
    ways.forget_processes()
    pipelines.cache_clear()
