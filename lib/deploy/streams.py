"""Standard output and error of a command: closed, full, or read by nobody any more."""

from __future__ import annotations

import contextlib
import errno
import functools
import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from .errors import printable

NOT_WRITTEN = 2
INTERRUPTED = 130  # as shells count a program that SIGINT ended: 128 + 2
UNREAD = 141  # and one that SIGPIPE ended


class OutputLost(BaseException):
    """Standard output cannot be written. Like an interruption, it passes everything that handles errors.

    Args:
        unread: whether it is a pipe that nobody reads any more.
        reason: the system's own words.
    """

    def __init__(self, unread: bool, reason: str) -> None:
        super().__init__(reason)
        self.unread = unread
        self.reason = reason


def run(command: Callable[[], int]) -> int:
    """The exit code of a command, whatever its output is.

    Where standard output is a pipe whose reader left, as in ``| head -1``, the command ends at once and silently with
    :data:`UNREAD`: whether what it had still to say was good or bad is then not known. Where it cannot be written for another
    reason, as on a full disk, the command ends with one line and :data:`NOT_WRITTEN`. A closed one swallows what is printed.
    Standard error never ends a command: what cannot be written there is dropped. Either takes any text: characters that it has
    no code for are escaped. Ctrl-C ends it with :data:`INTERRUPTED`.
    """
    with _standard_streams():
        try:
            try:
                return command()
            finally:  # --help leaves by an exception
                sys.stdout.flush()
        except OutputLost as lost:
            if lost.unread:
                return UNREAD
            print(f"error: the answer cannot be written: {printable(lost.reason)}", file=sys.stderr)
            return NOT_WRITTEN
        except KeyboardInterrupt:
            return INTERRUPTED


class _Output(io.FileIO):
    """Standard output, whose first failure is the last one: Python writes once more when it leaves."""

    _lost = False

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        try:
            return len(data) if self._lost else super().write(data)
        except OSError as error:
            self._lost = True
            raise OutputLost(error.errno == errno.EPIPE, error.strerror or str(error)) from None


class _Errors(io.FileIO):
    """Standard error, without failures."""

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except OSError:
            return len(data)


@contextlib.contextmanager
def _standard_streams() -> Iterator[None]:
    """For a while, print to streams of ours where Python's own are those that the process was started with."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # a closed one: the next file to be opened, any file, would take its place
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    former = sys.stdout, sys.stderr  # each None where it is closed
    sys.stdout, sys.stderr = _stream(_Output, sys.stdout, 1), _stream(_Errors, sys.stderr, 2)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = former


@functools.cache
def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8", errors="backslashreplace")


def _stream(kind: type[io.FileIO], stream: TextIO | None, number: int) -> TextIO:
    if stream is None:  # it was closed before Python began, and another file may have its number by now
        return _nowhere()
    if not isinstance(stream, io.TextIOWrapper):
        return stream  # a notebook's or a test's
    stream.reconfigure(errors="backslashreplace")
    try:
        own = stream.fileno() == number and not (os.name == "nt" and stream.isatty())  # a console there is no file
    except OSError:
        own = False
    if not own:
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(kind(number, "wb", closefd=False)),
        stream.encoding,
        "backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
