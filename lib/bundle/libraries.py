"""The libraries of an environment that is not this one: what is installed there, from which files, and what needs what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import InvalidWheelFilename, canonicalize_name, canonicalize_version, parse_wheel_filename

from lib.inputs.reading import sha256
from lib.runtimes.package import licence, needed


@dataclass(frozen=True)
class Library:
    """One library of the environment that the package was proven in.

    Attributes:
        name: as package indexes spell it: small letters, and hyphens for dots and underscores.
        version: as its metadata say it.
        licence: as its metadata say it, in one line; :data:`lib.runtimes.package.NOT_SAID` where they do not.
        requires: names of the libraries of that environment that it needs directly, sorted.
        sha256: of the wheel that it was installed from, 64 hexadecimal digits; empty where there is none to look at.
    """

    name: str
    version: str
    licence: str
    requires: tuple[str, ...]
    sha256: str


def installed(site_packages: Path, wheels: Path | None) -> list[Library]:
    """All libraries of another environment, by name.

    What one requires is read for the Python and the system that this runs on, without extras, as far as it is installed there.

    Args:
        site_packages: the folder that they are installed in.
        wheels: a folder with the wheels that they were installed from, or None. Where it has several of one name and version,
            nothing tells which was taken, and none is named.
    """
    found: dict[str, Distribution] = {}
    for each in distributions(path=[str(site_packages)]):
        if "Name" in each.metadata:  # an installation that was broken off leaves a folder without metadata
            found.setdefault(canonicalize_name(each.metadata["Name"]), each)
    files = _wheels(wheels.glob("*.whl") if wheels else ())
    return [_library(name, found[name], found.keys(), files) for name in sorted(found)]


def needed_by(names: Iterable[str], libraries: Iterable[Library]) -> set[str]:
    """These names, and those of all that they require, in turn; what is not among ``libraries`` requires nothing."""
    requires = {each.name: each.requires for each in libraries}
    found, left = set[str](), list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += requires.get(name, ())
    return found


def _library(name: str, found: Distribution, known: Iterable[str], files: dict[tuple[str, str], list[Path]]) -> Library:
    requires = sorted(set(needed(found.requires or ())) & set(known) - {name})
    wheels = files.get((name, canonicalize_version(found.version)), [])
    digest = sha256(wheels[0].read_bytes()) if len(wheels) == 1 else ""
    return Library(name, found.version, licence(found.metadata), tuple(requires), digest)


def _wheels(paths: Iterable[Path]) -> dict[tuple[str, str], list[Path]]:
    """Wheels by the name and the version that their own names tell; files with other names are left out."""
    wheels: dict[tuple[str, str], list[Path]] = {}
    for path in paths:
        try:
            name, version, *_ = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        wheels.setdefault((name, canonicalize_version(version)), []).append(path)
    return wheels
