"""Small things that every reader of user input needs."""

from __future__ import annotations

import difflib
import errno
import hashlib
from collections.abc import Iterable
from pathlib import Path

from lib.deploy import BadInput

# What the system answers where a disk, or a user's share of it, is full.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def unknown(kind: str, name: str, choices: Iterable[str]) -> BadInput:
    """The error for a ``name`` that is none of ``choices``: it names the nearest one, or all where none is near."""
    choices = sorted(choices)
    near = difflib.get_close_matches(name, choices, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"choose from {', '.join(choices)}"
    return BadInput(f"unknown {kind} '{name}': {hint}")


def read_bytes(path: Path, what: str) -> bytes:
    """The bytes of a file that the user named.

    Raises:
        BadInput: the file is missing or cannot be read; the message begins with ``what``.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{what}: cannot read {path}: {error.strerror}") from None


def one_line(error: BaseException) -> str:
    """The first line of what an exception says, or its type where it says nothing."""
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def sha256(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
