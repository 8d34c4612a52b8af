"""The signals that ask a run to end."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

# Ctrl-C, a CI job that is cancelled, a terminal that is closed.
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_like_ctrl_c() -> None:
    """From now on each of them raises KeyboardInterrupt in the main thread."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # under nohup a closed terminal is to change nothing
        signal.signal(signal.SIGHUP, signal.default_int_handler)


def ignore() -> None:
    """From now on none of them does anything."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Let no signal in between: what is begun here is ended."""
    former = {number: signal.getsignal(number) for number in ENDINGS}
    ignore()
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
