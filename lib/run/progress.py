"""Progress on the terminal: which notebooks run, how far each is, time gone."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Sequence
from types import TracebackType

HEARTBEAT = 10  # seconds between lines where output is not a terminal


class Progress:
    """One line that is rewritten on a terminal; elsewhere a line now and then, and one at each start and end.

    Args:
        names: of the notebooks.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._state = dict.fromkeys(names, "waits")
        self._terminal = sys.stderr.isatty()
        self._clock = time.monotonic()
        self._width = 0
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Progress:
        self._ticker.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._ticker.join()
        if self._terminal:
            _say("\n")

    def started(self, name: str) -> None:
        """A notebook's worker was started."""
        self._set(name, "starts", announce=True)

    def at(self, name: str, cell: int, of: int) -> None:
        """A notebook began a cell."""
        self._set(name, f"cell {cell}/{of}", announce=False)

    def ended(self, name: str, code: int) -> None:
        """A notebook's worker ended."""
        self._set(name, "done" if code == 0 else "failed", announce=True)

    def _set(self, name: str, state: str, announce: bool) -> None:
        with self._lock:
            self._state[name] = state
            if announce or self._terminal:
                self._show()

    def _tick(self) -> None:
        while not self._over.wait(1 if self._terminal else HEARTBEAT):
            with self._lock:
                self._show()

    def _show(self) -> None:
        gone = int(time.monotonic() - self._clock)
        line = f"[{gone // 60:02d}:{gone % 60:02d}] " + "   ".join(f"{name} {state}" for name, state in self._state.items())
        if self._terminal:
            _say(f"\r{line:<{self._width}}")
            self._width = len(line)
        else:
            _say(f"{line}\n")


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # a terminal that was closed must not keep the run from ending in order
        print(text, end="", file=sys.stderr, flush=True)
