"""What the run keeps of the notebook: its check of another version, and what each mistake costs, for other tools."""

from __future__ import annotations

from typing import Any

from lib.numbers import finite
from lib.report.checks import Checks
from lib.studies.cost.findings import CONFIDENCE, Cost, Estimate, Found, Looked, Replacement
from lib.studies.cost.version_pictures import at_worst

DIGITS = 6  # that a number keeps


def replacement(checks: Checks, found: Replacement | None) -> None:
    """Record the check of another version, where there is one."""
    if found is not None:
        compared = found.labelled.photos if found.labelled else found.photos
        checks.record("cost.replacement", at_worst(found), compared)


def told(found: Found, looked: Looked) -> dict[str, Any]:
    """What each mistake costs, as JSON types: an estimate is its value and both ends of its interval, None for NaN."""
    return {
        "photos": looked.photos,
        "clusters": looked.clusters,
        "cropped": looked.cropped,
        "confidence": CONFIDENCE,
        "deployment": _cost(found.deployment),
        "mistakes": {name: _cost(each) for name, each in found.costs.items()},
    }


def _cost(cost: Cost) -> dict[str, Any]:
    told: dict[str, Any] = {
        "flips": cost.flips,
        "no_answer": cost.no_answer,
        "agreement": _estimate(cost.agreement),
        "margin_lost": _estimate(cost.margin_lost),
        "kl": _estimate(cost.kl),
    }
    if cost.labelled:
        told |= {"negative_flips": cost.labelled.negative, "positive_flips": cost.labelled.positive}
        told |= {"accuracy": _estimate(cost.labelled.accuracy)}
    return told


def _estimate(found: Estimate) -> list[float | None]:
    return [finite(float(f"{value:.{DIGITS}g}")) for value in (found.value, found.low, found.high)]
