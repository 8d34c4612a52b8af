"""What to install, which of the two files to take, and what that buys against PyTorch: for a run that says ship."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lib.numbers import counted, number
from lib.policy.policy import STAGE_CHECKS
from lib.report.run import PACKAGE, Run

PACKAGES = ("numpy", "pillow", "onnxruntime")  # all that lib.deploy needs


def _package(run: Run) -> dict[str, Any]:
    """What was told of the package; empty where there is none."""
    found: dict[str, Any] = run.told.get("package", {})
    return found


def install(run: Run) -> list[str]:
    """What to call, a line each; nothing where the deployment is the user's.

    That is pip on the package beside the report, and its selftest; where there is no package, pip on what the workbook's own
    deployment needs.
    """
    if package := _package(run):
        return [f"pip install {PACKAGE}/{package['wheel']['name']}", f"{package['name']} selftest"]
    pins = " ".join(f"{name}=={run.facts['versions'][name]}" for name in PACKAGES)
    return [f"pip install {pins}"] if run.ours else []


def files(run: Run) -> list[dict[str, str]]:
    """The files that may be taken, the one to take first.

    Each has ``name``, what it is ``called``, ``size``, ``bytes``, ``sha256`` and ``why``.
    """
    every = run.told.get("files", [])
    package = _package(run)
    if package:
        every = [each for each in every if each["role"] != "network"]
    wheel = [_wheel(package)] if package else []
    return wheel + [_file(each, "", _why(run, each)) for each in every if not each["missing"]]


def _file(file: Mapping[str, Any], called: str, why: str) -> dict[str, str]:
    known = {"name": file["name"], "called": called, "sha256": file["sha256"], "why": why}
    return known | {"size": f"{file['bytes'] / 1e6:.1f} MB", "bytes": str(file["bytes"])}


def _wheel(package: Mapping[str, Any]) -> dict[str, str]:
    wheel, photos, python = package["wheel"], package["photos"], package["python"].removeprefix("==").removesuffix(".*")
    why = (
        f"for Python {python}. Alone in a fresh environment, on pictures not seen before, off PyTorch's by "
        f"{_number(photos['probability'])} of probability, another class on {photos['other_classes']} of {photos['compared']} "
        "answers"
    )
    return _file(wheel, "the wheel", why)


def missing(run: Run) -> list[str]:
    """Why a file that there might be is not there."""
    return [f"There is no {each['role']} file: {each['missing']}." for each in run.told.get("files", []) if each["missing"]]


def _why(run: Run, file: Mapping[str, Any]) -> str:
    photos = file["photos"]
    if file["role"] == "network":
        before = "lib/deploy" if run.ours else run.facts["parameters"].get("deployment", "your own code")
        off = f"off from PyTorch's by {_number(photos['logits'])} logits on {counted(photos['compared'], 'photo')}"
        return f"the network, with {before} before it: {_stages(run)}, {off}"
    measured = [photos, file["random_sizes"]]
    if proven := _package(run).get("end_to_end"):  # in a fresh environment, on pictures not seen before
        measured.append(proven)
    far = [each["probability"] for each in measured]
    compared, flipped = (sum(each[name] for each in measured) for name in ("compared", "other_classes"))
    return (
        f"from a photo's pixels on, in any language: off by {_number(None if None in far else max(far))} of probability, "
        f"another class on {flipped} of {compared} pictures"
    )


def _stages(run: Run) -> str:
    """Whether each stage is within its tolerance, which a policy file may have made a warning."""
    off = [each.blamed for each in run.results if each.check.id in STAGE_CHECKS.values() and not each.passed]
    return f"not within its tolerance at {', '.join(off)}" if off else "every stage within its tolerance"


def _number(value: float | None) -> str:
    return "an unknown number" if value is None or math.isnan(value) else number(value)


def costs(run: Run) -> dict[str, Any]:
    """What the hand-off buys, as a notebook told it: of the package where there is one, else of the network alone."""
    found: dict[str, Any] = _package(run).get("costs") or run.told.get("costs") or {}
    return found
