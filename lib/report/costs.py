"""What the hand-off buys: ONNX Runtime beside eager PyTorch, and under which conditions that was measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from lib.numbers import counted
from lib.report.html import Html, table

STEADY = 2.0  # times of the median that the 95th percentile may be, above which other work must have been going on


def costs(told: Mapping[str, Any], kind: str = "compact") -> Html | None:
    """One row a quantity; None where it was not measured.

    Args:
        told: what a notebook told of ``costs``.
        kind: a class of the page's stylesheet.
    """
    found = rows(told)
    return table(("this run", told["shipped"]["name"], told["pytorch"]["name"], "ratio"), found, kind=kind) if found else None


def rows(told: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Each quantity that was measured of both: what it is, of what is handed over, of PyTorch, and their ratio."""
    if not told or told["shipped"]["missing"] or told["pytorch"]["missing"]:
        return []
    ours, theirs = told["shipped"], told["pytorch"]
    return [
        (label, shown(ours[key]), shown(theirs[key]), f"{ours[key] / theirs[key]:.2f}×")
        for label, key, shown in QUANTITIES
        if ours[key] and theirs[key]
    ]


def conditions(told: Mapping[str, Any]) -> str:
    """Under which conditions :func:`costs` were measured."""
    under = told["conditions"]
    timed = under["timed"].partition(",")[0]
    said = f"{timed[0].upper()}{timed[1:]}, {under['photo']}, {under['rounds']} answers, batch of {under['batch']}, "
    said += counted(under["threads"], "thread")
    both = {"what is shipped": told["shipped"], "PyTorch": told["pytorch"]}
    scatter = {whose: (each["percentile95_s"] or 0) / (each["median_s"] or math.inf) for whose, each in both.items()}
    whose = max(scatter, key=lambda each: scatter[each])
    if scatter[whose] < STEADY:
        return said
    off = f"the 95th percentile of {whose} is {scatter[whose]:.1f} times its median"
    return f"{said}. Unsteady: {off}, so measure again"


def megabytes(count: float) -> str:
    """Bytes for people."""
    return f"{count / 1e6:,.0f} MB"


def _seconds(value: float) -> str:
    return f"{value:.2f} s"


def _milliseconds(value: float) -> str:
    return f"{1e3 * value:.1f} ms"


# What each is called, its name in what a notebook told, and how it is shown.
QUANTITIES: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("installed", "installed_bytes", megabytes),
    ("first answer", "first_s", _seconds),
    ("median", "median_s", _milliseconds),
    ("memory", "memory_bytes", megabytes),
)
