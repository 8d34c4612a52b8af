"""What an installed package says of itself, and how much room it takes with all that it requires."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from typing import Any


def about(package: str) -> dict[str, Any]:
    """Version, licence and installed size of a package, with all that it requires, in bytes."""
    metadata = importlib.metadata.metadata(package)
    licence = metadata["License-Expression"] or next(
        (line.rsplit(" :: ", 1)[1] for line in metadata.get_all("Classifier") or [] if line.startswith("License :: ")),
        (metadata["License"] or "not said").splitlines()[0],
    )
    return {"version": metadata["Version"], "licence": licence, "installed": sum(map(_size, required(package)))}


def required(package: str) -> set[str]:
    """A package and all that it requires, as far as that is installed, by name; extras are left out."""
    seen: set[str] = set()
    _collect(package, seen)
    return seen


def _collect(package: str, seen: set[str]) -> None:
    name = re.split(r"[^A-Za-z0-9_.-]", package, maxsplit=1)[0].lower().replace("_", "-")
    if name in seen:
        return
    try:
        lines = importlib.metadata.requires(name) or ()
    except importlib.metadata.PackageNotFoundError:
        return  # for another system or Python
    seen.add(name)
    for line in lines:
        if "extra ==" not in line:
            _collect(line, seen)


def _size(package: str) -> int:
    files = importlib.metadata.files(package) or ()
    return sum(path.stat().st_size for file in files if (path := Path(str(file.locate()))).is_file())
