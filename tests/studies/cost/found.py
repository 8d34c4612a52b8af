"""What a study may find, made by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lib.studies.cost.findings import (
    Band,
    Cost,
    Estimate,
    Found,
    Labelled,
    Looked,
    Margins,
    Predictor,
    Repair,
    Repairs,
    Replacement,
    Together,
)

PHOTOS = 50
STAGES = {"squash": "resize", "BGR": "resize", "EXIF ignored": "decode", "no mean and std": "normalise"}


def estimate(value: float, off: float = 0.05) -> Estimate:
    return Estimate(value, value - off, value + off)


def labelled(**changed: Any) -> Labelled:
    told: dict[str, Any] = {
        "photos": 40,
        "accuracy": estimate(0.7),
        "gained": estimate(-0.02),
        "negative": 4,
        "negative_rate": estimate(0.1),
        "positive": 3,
        "positive_rate": estimate(0.075),
        "p": 0.9,
    }
    return Labelled(**told | changed)


def cost(name: str, flips: int, labels: Labelled | None = None, moved: float = 0.5) -> Cost:
    agreement = 1 - flips / PHOTOS
    return Cost(
        name,
        PHOTOS,
        0,
        flips,
        Estimate(agreement, agreement - 0.06, min(1.0, agreement + 0.04)),
        estimate(moved),
        estimate(moved),
        labels,
    )


def costs(labels: Mapping[str, Labelled] | None = None) -> dict[str, Cost]:
    known = labels or {}
    return {
        "squash": cost("squash", 5, known.get("squash")),
        "BGR": cost("BGR", 20, known.get("BGR")),
        "EXIF ignored": cost("EXIF ignored", 0, known.get("EXIF ignored"), 0.0),
        "no mean and std": cost("no mean and std", 0, known.get("no mean and std")),
    }


def margins(flips: int = 9) -> Margins:
    predictors = (Predictor("lead in logits", estimate(0.9), 2.5), Predictor("entropy", estimate(0.7), math.nan))
    bands = (Band(0.0, 1.0, 40, flips, estimate(flips / 40)), Band(1.0, 6.0, 40, 0, Estimate(0, 0, 0.03)))
    return Margins(predictors, bands, 0.01)


def together() -> tuple[Together, ...]:
    every = costs()
    extra = {"adds": estimate(0.01), "less": estimate(-0.2), "more": estimate(0.3)}
    return tuple(
        Together(every["squash"], cost(name, 3), cost("both", 8), found, found) for name, found in extra.items()
    )  # fmt: skip


def repairs() -> dict[str, Repairs]:
    parts = {"decode": (30, 0.0), "resize filter": (15, 0.3), "all": (0, 0.6)}
    mended = tuple(Repair(part, cost(part, flips), estimate(won), estimate(won)) for part, (flips, won) in parts.items())
    return {"naive deployment": Repairs(cost("naive", 30), mended)}


def replacement(flips: int = 4, labels: Labelled | None = None) -> Replacement:
    agreement = 1 - flips / PHOTOS
    low, high = agreement - 0.07, min(1.0, agreement + 0.04)
    return Replacement(
        "v1.onnx", "v2.onnx", PHOTOS, 0, 0, flips, Estimate(agreement, low, high), labels, 0.72 if labels else math.nan
    )


def found(labels: Mapping[str, Labelled] | None = None, other: Replacement | None = None) -> Found:
    accuracy = estimate(0.72) if labels else None
    return Found(accuracy, costs(labels), cost("deployment", 0), margins(), together(), repairs(), other)


def looked(**changed: Any) -> Looked:
    told: dict[str, Any] = {
        "files": 56,
        "others": 0,
        "photos": 56,
        "copies": 0,
        "failed": 0,
        "reasons": (),
        "clusters": 7,
        "cropped": 7,
        "labelled": 0,
        "labels": "",
        "left_out": {},
        "seconds": 12.0,
        "computed": 56,
    }
    return Looked(**told | changed)
