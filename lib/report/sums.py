"""The SHA-256 of every file that a run leaves, as ``sha256sum -c`` reads them: to be held without Python too."""

from __future__ import annotations

import re
from pathlib import Path

from lib.inputs.weights import digest_of

NAME = "sha256sums.txt"
_LINE = re.compile(r"(\\?)([0-9a-f]{64}) [ *](.+)")
# How sha256sum writes a name that would not stand in one line; such a line begins with a backslash.
_ESCAPED = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})


def write(folder: Path) -> None:
    """Write the file into a folder, over everything that lies there but itself, sorted by name."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [line(name, digest_of(folder / name)) for name in names if name != NAME]
    (folder / NAME).write_text("".join(f"{each}\n" for each in lines), encoding="utf-8", errors="surrogateescape")


def line(name: str, digest: str) -> str:
    """The line of one file, without its end."""
    escaped = name.translate(_ESCAPES)
    return ("\\" if escaped != name else "") + f"{digest}  {escaped}"


def parsed(line: str) -> tuple[str, str]:
    """Name and digest of a line; both empty where it is none."""
    match = _LINE.fullmatch(line)
    if match is None:
        return "", ""
    escaped, digest, name = match.groups()
    return re.sub(r"\\[\\nr]", lambda each: _ESCAPED[each[0]], name) if escaped else name, digest
