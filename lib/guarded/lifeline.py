"""A process that ends when the one that started it does, however that ended."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

GRACE = 5  # seconds


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


def hold(orderly: bool = False) -> None:
    """From now on end this process's whole group as soon as stdin is closed. For a process in a session of its own.

    stdin itself is empty from here on, for whoever reads it.

    Args:
        orderly: whether the process is interrupted first and has :data:`GRACE` seconds, to end what is not of its group.
    """
    held = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if not orderly and hasattr(fcntl, "F_SETSIG"):
        # a loop in C may never let the thread below have its turn: on Linux the system itself sends the signal
        with suppress(OSError):
            fcntl.fcntl(held, fcntl.F_SETOWN, -os.getpgrp())
            fcntl.fcntl(held, fcntl.F_SETSIG, signal.SIGKILL)
            fcntl.fcntl(held, fcntl.F_SETFL, os.O_ASYNC)
    threading.Thread(target=_wait, args=(held, orderly), daemon=True).start()


def _wait(held: int, orderly: bool) -> None:
    try:
        while os.read(held, 1):
            pass
    finally:  # also where somebody's code closed it
        if orderly:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(GRACE)
        os.killpg(0, signal.SIGKILL)
