"""How far a sweep is, how fast it goes, and how long it still takes."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from lib.sweep.shard import Done

EACH = 1.0  # seconds between two lines
HEARTBEAT = 10.0  # the same where lines stay, since output is no terminal

Show = Callable[[str], None]


class Progress:
    """Told of what tasks did, it says how far a sweep is.

    Args:
        show: what to do with a line.
        photos: all that there are; they are counted meanwhile, so that nothing waits for it.
        each: seconds between two lines.
    """

    def __init__(self, show: Show, photos: Iterable[object], each: float = EACH) -> None:
        self._show = show
        self._each = each
        self._total: int | None = None
        self._begun = self._said = time.monotonic()
        threading.Thread(target=self._count, args=(photos,), daemon=True).start()

    def __call__(self, done: Mapping[int, Done]) -> None:
        """Show a line where it is time for one."""
        now = time.monotonic()
        if now - self._said >= self._each:
            self._said = now
            photos, failed = sum(each.photos for each in done.values()), sum(each.failed for each in done.values())
            self._show(said(photos, failed, self._total, now - self._begun))

    def _count(self, photos: Iterable[object]) -> None:
        self._total = sum(1 for _ in photos)


def said(photos: int, failed: int, total: int | None, seconds: float) -> str:
    """A line on how far a sweep is.

    Args:
        photos: that are done.
        failed: of these.
        total: of all photos, where it is known.
        seconds: since the sweep began, more than 0.
    """
    rate = photos / seconds
    parts = [f"{photos:,} photos" if total is None else f"{photos:,} of {total:,} photos"]
    if photos:
        parts.append(f"{rate:.1f} photos/s")
        parts += [] if total is None else [f"{_duration((total - photos) / rate)} left"]
    if failed:
        parts.append(f"{failed:,} could not be read")
    return ", ".join(parts)


def on_terminal() -> tuple[Show, float]:
    """What shows lines on stderr, and the seconds between two: one line that is rewritten where it is a terminal."""
    if not sys.stderr.isatty():
        return lambda line: print(line, end="\n" if line else "", file=sys.stderr, flush=True), HEARTBEAT
    return lambda line: print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True), EACH


def in_notebook(line: str) -> None:
    """Show a line in a notebook's cell, in place of the one before; an empty one takes it away."""
    from IPython import get_ipython
    from IPython.display import clear_output

    if get_ipython() is not None:  # else it is no notebook, and nobody looks
        clear_output(wait=bool(line))
        if line:
            print(line)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
