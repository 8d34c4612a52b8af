"""What a mistake is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.compare.shared import Chained
from lib.deploy import Contract, Pipeline
from lib.deploy.stages import preprocessing

# From a finished picture to another, uint8 (h, w, 3) both: what can follow any resize.
Change = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


@dataclass(frozen=True)
class Mistake:
    """A named change to one stage of a pipeline.

    Attributes:
        name: short, for tables.
        stage: the stage it changes: ``decode``, ``resize`` or ``normalise``.
        code: one line of code that commits it.
        why: why people make it, as half a sentence.
        make: from the contract to the stage function with the mistake in it.
        needs: a library that not every machine which tries mistakes has, or empty.
    """

    name: str
    stage: str
    code: str
    why: str
    make: Callable[[Contract], Callable[[Any], Any]]
    needs: str = ""

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


def after(change: Change) -> Callable[[Contract], Callable[[Any], Any]]:
    """For a mistake that changes the finished picture: a right resize, and then ``change``."""
    return lambda contract: Chained(preprocessing(contract)[0], lambda picture: change(np.asarray(picture)))


def changes(*rows: tuple[str, Change, str, str]) -> tuple[tuple[Mistake, ...], dict[str, Change]]:
    """Mistakes that change the finished picture, and their changes by the mistake's name, for what combines them.

    Args:
        rows: name, change, code and why of each.
    """
    mistakes = tuple(Mistake(name, "resize", code, why, after(change)) for name, change, code, why in rows)
    return mistakes, {name: change for name, change, _, _ in rows}
