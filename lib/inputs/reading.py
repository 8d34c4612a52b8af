"""How every file is read that a user named, and small things that every reader needs."""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lib.deploy import BadInput, files

# Bytes: what a file of a kind may have.
TEXT = 1_000_000  # names of 20,000 classes take half of it
WEIGHTS = 4 * 10**9  # the largest EfficientNet takes 2 GB
TENSOR = 4 * 10**8  # of three channels, 4096 pixels a side, as float64

PARTS = 100  # that a key of a TOML file may have, as in a.b.c


def unknown(kind: str, name: str, choices: Iterable[str]) -> BadInput:
    """The error for a ``name`` that is none of ``choices``: it names the nearest one, or all where none is near."""
    choices = sorted(choices)
    near = difflib.get_close_matches(name[:100], choices, n=1)  # takes the square of a name's length
    hint = f"did you mean '{near[0]}'?" if near else f"choose from {', '.join(choices)}"
    return BadInput(f"unknown {kind} '{name}': {hint}")


def read_bytes(path: Path, what: str, most: int = TEXT) -> bytes:
    """The bytes of a file that the user named.

    Raises:
        BadInput: the file is missing, no regular file, has more than ``most`` bytes or cannot be read; the message begins with
            ``what``.
    """
    try:
        return files.read(path, most)
    except OSError as error:
        raise BadInput(f"{what}: cannot read {path}: {error.strerror}") from None


def read_toml(path: Path, what: str) -> tuple[dict[str, Any], bytes]:
    """The table that a TOML file holds, and the file's bytes.

    Raises:
        BadInput: as :func:`read_bytes`, or the file is no TOML.
    """
    data = read_bytes(path, what)
    try:
        text = data.decode()
        # tomllib takes the square of a key's parts: a megabyte of a.a.a.a… would take hours
        if "x." * PARTS in re.sub(r"[\w\"' \t-]+", "x", text):
            raise ValueError(f"a key has more than {PARTS} parts")
        return tomllib.loads(text), data
    except RecursionError:
        raise BadInput(f"{what} {path}: not valid TOML: nested too deep") from None
    except ValueError as error:  # of tomllib, of decoding, and of numbers with more than 4,300 digits
        raise BadInput(f"{what} {path}: not valid TOML: {error}") from None


def absolute(path: str | Path, what: str) -> Path:
    """A path that holds from every folder, without links in it.

    Raises:
        BadInput: no file can have this name, a link leads to itself, or it is not UTF-8: notebooks and pages, which name it,
            can hold no other.
    """
    try:
        found = Path(path).resolve()
        str(found).encode()
        return found
    except UnicodeEncodeError:
        raise BadInput(f"{what} {path}: this name is not UTF-8; rename it") from None
    except (OSError, RuntimeError, ValueError) as error:  # a RuntimeError is what Python before 3.13 says of links in a circle
        raise BadInput(f"{what} {path}: no file can be there: {one_line(error)}") from None


def one_line(error: BaseException) -> str:
    """The first line of what an exception says, or its type where it says nothing."""
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def sha256(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
