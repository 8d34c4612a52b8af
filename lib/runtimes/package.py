"""What an installed package says of itself, and how much room it takes with all that it requires."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def about(package: str) -> dict[str, Any]:
    """Version, licence and installed size of a package, with all that it requires, in bytes."""
    metadata = importlib.metadata.metadata(package)
    licence = metadata["License-Expression"] or next(
        (line.rsplit(" :: ", 1)[1] for line in metadata.get_all("Classifier") or [] if line.startswith("License :: ")),
        (metadata["License"] or "not said").splitlines()[0],
    )
    return {"version": metadata["Version"], "licence": licence, "installed": room(package)}


def room(*packages: str) -> int:
    """Bytes that packages take here with all that they require, each counted once."""
    return sum(map(_size, set().union(*map(required, packages))))


def required(package: str) -> set[str]:
    """A package and all that it requires here, by name, as far as that is installed; extras are left out."""
    seen: set[str] = set()
    _collect(canonicalize_name(package), seen)
    return seen


def _collect(name: str, seen: set[str]) -> None:
    if name in seen:
        return
    try:
        lines = importlib.metadata.requires(name) or ()
    except importlib.metadata.PackageNotFoundError:
        return
    seen.add(name)
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            _collect(canonicalize_name(requirement.name), seen)


def _size(package: str) -> int:
    files = importlib.metadata.files(package) or ()
    return sum(path.stat().st_size for file in files if (path := Path(str(file.locate()))).is_file())
