"""Faults that a few photos do not show, numbers of a sweep that are wrong, and another version that answers otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from lib.gate.bench import Bench
from lib.gate.case import Case, Outcome
from lib.gate.deployed import Planted, after, factories, stage
from lib.mistakes import CATALOGUE
from lib.sweep import results
from lib.sweep.table import Answers

NOTEBOOK = ("09_cost",)
_CLOSE = 0.05  # probability by which the first class leads the second


def _exchanged_where_close(probabilities: NDArray[Any]) -> NDArray[Any]:
    """The two likeliest classes exchanged where they are nearly alike, which none of a few photos may be."""
    changed = np.array(probabilities)
    for row in changed:
        second, first = np.argsort(row)[-2:]
        if row[first] - row[second] < _CLOSE:
            row[[first, second]] = row[[second, first]]
    return changed


PLANTED = (
    after("two classes exchanged where they are nearly alike", "score", _exchanged_where_close),
    stage("squash", "resize", CATALOGUE["squash"].make),
)
__getattr__ = factories(PLANTED)


def _deployed(planted: Planted) -> Callable[[Bench], Outcome]:
    return lambda bench: bench.deployed(f"{__name__}:{planted.name}", NOTEBOOK)


def _in_production(name: str) -> Callable[[Bench], Outcome]:
    return lambda bench: bench.run(NOTEBOOK, against=f"{__name__}:{name}")


def _read_wrongly(change: Callable[[Answers], Answers]) -> Callable[[Bench], Outcome]:
    """A run that takes other numbers for what the sweep found."""

    def run(bench: Bench) -> Outcome:
        right = results._Reader.__call__
        with patch.object(results._Reader, "__call__", lambda reader, way: change(right(reader, way))):
            return bench.run(NOTEBOOK)

    return run


CASES = (
    Case("sweep", PLANTED[0].name, "score", _deployed(PLANTED[0])),
    Case(
        "sweep",
        "numbers of each photo taken for the next one's",
        "score",  # the deployment's too, which come first
        _read_wrongly(lambda found: Answers(np.roll(found.top1, 1), np.roll(found.margin, 1), np.roll(found.kl, 1))),
    ),
    Case(
        "sweep",
        "divergences that are cut to three decimals",
        "workbook",
        _read_wrongly(lambda found: Answers(found.top1, found.margin, found.kl.round(3))),
    ),
    Case("sweep", "a version in production that squashes", "version", _in_production("squash")),
)
