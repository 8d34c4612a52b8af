"""A process that ends when the one that started it does, however that ended."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lifeline() -> Iterator[int]:
    """What to start a process with as its stdin, so that :func:`hold` there notices the end of this one.

    Nothing is ever written. The system closes the other end of the pipe with this process, SIGKILL or not.
    """
    ours_to_give, kept = os.pipe()
    try:
        yield ours_to_give
    finally:
        os.close(ours_to_give)
        os.close(kept)


def hold() -> None:
    """From now on end this process's whole group as soon as stdin is closed. For a process in a session of its own.

    stdin itself is empty from here on, for whoever reads it.
    """
    held = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    threading.Thread(target=_wait, args=(held,), daemon=True).start()


def _wait(held: int) -> None:
    try:
        while os.read(held, 1):
            pass
    finally:  # also where somebody's code closed it
        os.killpg(0, signal.SIGKILL)
