"""What a mistake is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from lib.deploy import Contract, Pipeline


@dataclass(frozen=True)
class Mistake:
    """A named change to one stage of a pipeline.

    Attributes:
        name: short, for tables.
        stage: the stage it changes: ``decode``, ``resize`` or ``normalise``.
        code: one line of code that commits it.
        why: why people make it, as half a sentence.
        make: from the contract to the stage function with the mistake in it.
    """

    name: str
    stage: str
    code: str
    why: str
    make: Callable[[Contract], Callable[[Any], Any]]

    def commit(self, pipeline: Pipeline, contract: Contract) -> Pipeline:
        """The pipeline with the mistake in it.

        The stage function of one mistake and contract is always the same object, so that
        :class:`~lib.compare.shared.SharedTraces` runs it once a photo.
        """
        return replace(pipeline, **{self.stage: _made(self, contract)})


@cache
def _made(mistake: Mistake, contract: Contract) -> Callable[[Any], Any]:
    return mistake.make(contract)


def always(stage: Callable[[Any], Any]) -> Callable[[Contract], Callable[[Any], Any]]:
    """For a mistake whose stage function does not depend on the contract."""
    return lambda _: stage
