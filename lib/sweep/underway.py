"""Which photo a task was at when its process ended: a photo that ends workers must not keep all others from their numbers.

Dask blames every task that a lost worker had in hand, and may give one up after some losses. Here each attempt leaves a note
beside its result, a few bytes a photo, of the photo that it begins with; one that ends in order takes the notes away. An
attempt that finds a note works on one photo at a time, so that it is clear which one it was, and leaves out a photo at which
two such careful attempts ended.
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from pathlib import Path
from types import TracebackType

from lib.inputs.reading import sha256

TIMES = 2  # a worker may be lost for another reason while it has this photo in hand, once


class Underway:
    """The notes of one task, for a ``with`` block.

    Args:
        place: of the task's result.

    Attributes:
        careful: whether an earlier attempt did not end in order.
        blamed: numbers of photos that are to be left out.
    """

    def __init__(self, place: Path) -> None:
        earlier = [_read(path) for path in place.parent.glob(f"{place.name}.*.underway")]
        self.careful = bool(earlier)
        at = Counter(notes[-1] for careful, notes in earlier if careful and notes)
        self.blamed = frozenset(number for number, times in at.items() if times >= TIMES)
        self._place = place
        kind = "careful" if self.careful else "first"
        self._path = place.with_name(f"{place.name}.{uuid.uuid4().hex}.{kind}.underway")
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)

    def __enter__(self) -> Underway:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._file)
        for path in self._place.parent.glob(f"{self._place.name}.*.underway"):
            path.unlink(missing_ok=True)

    def begins(self, number: int) -> None:
        """The task begins with a photo."""
        os.write(self._file, _note(self._path, number))


def _note(path: Path, number: int) -> bytes:
    """A line, of a length that does not depend on the number, which shows whether it was damaged since."""
    said = f"{number:06d}"
    return f"{said} {sha256(f'{path.name} {said}'.encode())}\n".encode()


def _read(path: Path) -> tuple[bool, list[int]]:
    """Whether an attempt was a careful one, and the numbers of the photos that it began with; none where a note is damaged."""
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError:
        lines = []  # taken away meanwhile
    numbers = [int(line[:6]) if line[:6].isdigit() else 0 for line in lines]
    held = all(line == _note(path, number) for line, number in zip(lines, numbers, strict=True))
    return ".careful." in path.name, numbers if held else []
