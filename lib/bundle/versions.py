"""The versions of libraries and of Python that a package is run with, and what it therefore requires."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Mapping, Sequence

from lib.cache import ROOT
from lib.inputs.reading import unknown

# The oldest that answer as PyTorch does, tried one by one: ONNX Runtime before 1.18 does not know the file's format, and Pillow
# before 13 resizes tall photos in another order than the one that the workbook runs with, which moves some pixels by a level.
LOWEST = {"numpy": "1.26.4", "onnxruntime": "1.18.1", "pillow": "13.0.0"}
INSTALLED, ALL = "installed", "all"
CHOICES = (INSTALLED, ALL)
SERVICE = ("fastapi", "uvicorn")
LIBRARIES = tuple(sorted(LOWEST))  # all that lib.deploy imports


def sets(which: str) -> list[dict[str, str]]:
    """The sets of versions to run a package with, by library, the lowest first.

    Args:
        which: ``installed``, those that the workbook itself runs with; or ``all``, the lowest before them.

    Raises:
        BadInput: it is neither.
    """
    if which not in CHOICES:
        raise unknown("versions", which, CHOICES)
    installed = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return [LOWEST, installed] if which == ALL else [installed]


def of_service() -> dict[str, str]:
    """The versions of what the service beside a package requires, by library."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    every = dict(line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {name: every[name] for name in SERVICE}


def requirements(sets: Sequence[Mapping[str, str]]) -> list[str]:
    """What pip is told to install: no version below the lowest that was run, and none above the highest."""
    spans = {name: (sets[0][name], sets[-1][name]) for name in LIBRARIES}
    return [f"{name}=={low}" if low == high else f"{name}>={low},<={high}" for name, (low, high) in spans.items()]


def tested(sets: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The same sets with the version of Python."""
    return [{"python": platform.python_version(), **each} for each in sets]


def python() -> str:
    """The versions of Python that a package is for: this one, with any last digit."""
    return f"=={sys.version_info.major}.{sys.version_info.minor}.*"
