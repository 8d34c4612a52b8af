"""What computes: the versions that numbers depend on, of which a worker must have the same as who asks it."""

from __future__ import annotations

import hashlib
import importlib.util
import platform
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from lib.cache import LIB

WORKBOOK = "onnx-handoff-workbook"
TORCH = "torch"
PACKAGES = ("numpy", "onnx", "onnxruntime", "opencv-python-headless", "pillow", "scikit-image", "scipy", TORCH)
# Whose source decides what a pipeline answers and what is kept of it.
ROOMS = ("compare", "deploy", "guarded", "inputs", "mistakes", "sweep")


@cache
def here() -> dict[str, str]:
    """Versions by name: of Python, of packages, empty where one is missing, and of this project with a digest of its source."""
    found = {"python": platform.python_version(), WORKBOOK: f"{_version(WORKBOOK)}+{_source()}"}
    return found | {name: _version(name) for name in PACKAGES}


def differences(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """What is of another version, each with both versions; torch does not count where it is not wanted.

    Args:
        wanted: as :func:`here` gives them where the answers are asked for; without ``torch`` where no pipeline needs it.
        found: where they would be computed.
    """
    return [
        f"{name} {found.get(name) or 'missing'}, and {version} is needed"
        for name, version in wanted.items()
        if found.get(name) != version
    ]


def source_of(module: str) -> str:
    """SHA-256 of a module's source, or of all Python files of the package that it lies in; empty where there is none.

    What it imports from elsewhere does not count.
    """
    if module.partition(".")[0] == "lib":
        return ""  # of this project :func:`here` tells
    top = importlib.util.find_spec(module.partition(".")[0])
    if top is None or top.origin is None:
        return ""
    origin = Path(top.origin)
    return _digest(sorted(origin.parent.rglob("*.py")) if top.submodule_search_locations else [origin])


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _source() -> str:
    return _digest(sorted(path for room in ROOMS for path in (LIB / room).rglob("*.py")))[:12]


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()
