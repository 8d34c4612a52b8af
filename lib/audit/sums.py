"""Every file of a report held to ``sha256sums.txt``."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from lib.audit.finding import Complaints
from lib.deploy import BadInput
from lib.deploy.package import digest
from lib.inputs.reading import TEXT, read_bytes, sha256
from lib.report.sums import NAME, parsed

MOST = 10_000  # files; a run leaves some fifty


def complaints(folder: Path) -> Complaints:
    """What does not hold of the files in a folder."""
    found = files_in(folder)
    yield from (f"{name} is no regular file; a run leaves no others" for name, regular in found.items() if not regular)
    data = read_bytes(folder / NAME, NAME, TEXT)
    expected: dict[str, str] = {}
    for number, line in enumerate(data.decode(errors="surrogateescape").removesuffix("\n").split("\n"), 1):
        name, said = parsed(line)
        if not said:
            yield f"line {number} is no line of sha256sum"
        elif _outside(name):
            yield f"line {number} leads outside of the folder: {name}"
        elif name in expected:
            yield f"{name} stands there twice"
        else:
            expected[name] = said
    yield from (f"{name} is missing" for name in expected if name not in found)
    yield from (f"{name} lies there, and is not in it" for name in found if name not in {*expected, NAME})
    for name, said in expected.items():
        if found.get(name):
            try:
                if digest(folder / name) != said:
                    yield f"{name} is another file than the run left"
            except OSError as error:
                yield f"{name} cannot be read: {error.strerror}"
    return f"all {len(expected)} files are there as the run left them; its own SHA-256 is {sha256(data)}"


def files_in(folder: Path) -> dict[str, bool]:
    """The names of what lies in a folder and in those below, sorted, and whether each is a regular file. No link is followed.

    Raises:
        BadInput: there are more than any run leaves.
    """
    found = {}
    for here, folders, names in os.walk(folder):
        for name in [*names, *(name for name in folders if (Path(here) / name).is_symlink())]:
            path = Path(here) / name
            found[path.relative_to(folder).as_posix()] = path.is_file() and not path.is_symlink()
        if len(found) > MOST:
            raise BadInput(f"more than {MOST:,} files lie there, more than any run leaves")
    return dict(sorted(found.items()))


def _outside(name: str) -> bool:
    return PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\0" in name
