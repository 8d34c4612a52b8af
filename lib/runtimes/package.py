"""What an installed package says of itself, and how much room it takes with all that it requires."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageMetadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NOT_SAID = "not said"  # in the place of a licence


def about(package: str) -> dict[str, Any]:
    """Version, licence and installed size of a package, with all that it requires, in bytes."""
    metadata = importlib.metadata.metadata(package)
    return {"version": metadata["Version"], "licence": licence(metadata), "installed": room(package)}


def licence(metadata: PackageMetadata) -> str:
    """The licence that a package's metadata name, in one line; :data:`NOT_SAID` where they name none."""
    # not every reader of metadata gives None for what is not there: importlib_metadata raises, where Dask has imported it
    named = {key: metadata[key] for key in ("License-Expression", "License") if key in metadata}
    return named.get("License-Expression") or next(
        (line.rsplit(" :: ", 1)[1] for line in metadata.get_all("Classifier") or [] if line.startswith("License :: ")),
        (named.get("License") or NOT_SAID).splitlines()[0],
    )


def room(*packages: str) -> int:
    """Bytes that packages take here with all that they require, each counted once."""
    return sum(map(_size, set().union(*map(required, packages))))


def needed(requirements: Iterable[str]) -> Iterator[str]:
    """Names in the lines by which a package states what it requires, for this Python and system; extras are left out."""
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)


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
    for each in needed(lines):
        _collect(each, seen)


def _size(package: str) -> int:
    files = importlib.metadata.files(package) or ()
    return sum(path.stat().st_size for file in files if (path := Path(str(file.locate()))).is_file())
