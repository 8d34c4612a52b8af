"""What to install, which of the two files to take, and what that buys against PyTorch: for a run that says ship."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lib.numbers import counted, number
from lib.policy.policy import STAGE_CHECKS
from lib.report.html import Html, table
from lib.report.run import Run

STEADY = 2.0  # times of the median that the 95th percentile may be, above which other work must have been going on
PACKAGES = ("numpy", "pillow", "onnxruntime")  # all that lib.deploy needs


def install_line(run: Run) -> str:
    """What pip has to be told for the workbook's own deployment; empty where the deployment is the user's."""
    return " ".join(f"{name}=={run.facts['versions'][name]}" for name in PACKAGES) if run.ours else ""


def files(run: Run) -> list[dict[str, str]]:
    """The files that may be taken, the one to take first: ``name``, ``size``, ``sha256`` and ``why``."""
    every = run.told.get("files", [])
    return [
        {"name": each["name"], "size": f"{each['bytes'] / 1e6:.1f} MB", "sha256": each["sha256"], "why": _why(run, each)}
        for each in every
        if not each["missing"]
    ]


def missing(run: Run) -> list[str]:
    """Why a file that there might be is not there."""
    return [f"There is no {each['role']} file: {each['missing']}." for each in run.told.get("files", []) if each["missing"]]


def _why(run: Run, file: Mapping[str, Any]) -> str:
    photos = file["photos"]
    if file["role"] == "network":
        before = "lib/deploy" if run.ours else run.facts["parameters"].get("deployment", "your own code")
        off = f"off from PyTorch's by {_number(photos['logits'])} logits on {counted(photos['compared'], 'photo')}"
        return f"the network, with {before} before it: {_stages(run)}, {off}"
    sizes = file["random_sizes"]
    pictures = photos["compared"] + sizes["compared"]
    furthest = max(photos["probability"] or math.nan, sizes["probability"] or math.nan)
    return (
        f"from decoded pixels to probabilities, where lib/deploy cannot run: off by {_number(furthest)} of probability, "
        f"another class on {photos['other_classes'] + sizes['other_classes']} of {pictures} pictures"
    )


def _stages(run: Run) -> str:
    """Whether each stage is within its tolerance, which a policy file may have made a warning."""
    off = [each.blamed for each in run.results if each.check.id in STAGE_CHECKS.values() and not each.passed]
    return f"not within its tolerance at {', '.join(off)}" if off else "every stage within its tolerance"


def _number(value: float | None) -> str:
    return "an unknown number" if value is None or math.isnan(value) else number(value)


def costs(run: Run) -> Html | None:
    """What the hand-off buys: one row a quantity, ONNX Runtime beside eager PyTorch; None where it was not measured."""
    told = run.told.get("costs")
    if not told or told["shipped"]["missing"] or told["pytorch"]["missing"]:
        return None
    ours, theirs = told["shipped"], told["pytorch"]
    rows = [
        (label, shown(ours[key]), shown(theirs[key]), f"{ours[key] / theirs[key]:.2f}×")
        for label, key, shown in (
            ("installed", "installed_bytes", _megabytes),
            ("first answer", "first_s", _seconds),
            ("median", "median_s", _milliseconds),
            ("memory", "memory_bytes", _megabytes),
        )
        if ours[key] and theirs[key]
    ]
    headers = ("this run", ours["name"], theirs["name"], "ratio")
    return table(headers, rows, kind="compact") if rows else None


def conditions(run: Run) -> str:
    """Under which conditions :func:`costs` were measured."""
    costs = run.told["costs"]
    told = costs["conditions"]
    said = f"The network alone, {told['photo']}, {told['rounds']} answers, batch of {told['batch']}, "
    said += counted(told["threads"], "thread")
    both = costs["shipped"], costs["pytorch"]
    scatter = max((each["percentile95_s"] or 0) / (each["median_s"] or math.inf) for each in both)
    if scatter < STEADY:
        return said
    return f"{said}. Unsteady: the 95th percentile is {scatter:.1f} times the median, so measure again"


def _megabytes(count: float) -> str:
    return f"{count / 1e6:,.0f} MB"


def _seconds(value: float) -> str:
    return f"{value:.2f} s"


def _milliseconds(value: float) -> str:
    return f"{1e3 * value:.1f} ms"
