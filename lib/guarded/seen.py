"""What a deployment brings into its process beside itself: modules that it imports, and programs that it starts."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Audit events by which other programs are started, and where their name stands among the arguments.
_STARTS = {"subprocess.Popen": 0, "os.posix_spawn": 0, "os.exec": 0, "os.system": 0, "os.spawn": 1}
PROGRAM = "the program "  # before the name of one, among what was brought
_INSTALLED = ("site-packages", "dist-packages")


class Seen:
    """Looks from its making on. What the first call of a stage brings is brought at the start; all else in some calls alone."""

    def __init__(self) -> None:
        self._known = _installed(sys.modules)
        self._done: set[str] = set()
        self._at_start: list[str] = []
        self._later: dict[str, str] = {}
        self._started: list[str] = []
        self._lock = threading.Lock()
        sys.addaudithook(self._heard)

    def after(self, step: str) -> None:
        """Note what is new after a step, as after the call of a stage."""
        with self._lock:
            started, self._started = self._started, []
            new = sorted(_installed(sys.modules) - self._known)
            self._known.update(new)
            found = [*new, *(PROGRAM + name for name in started)]
            if step in self._done:
                self._later |= {name: step for name in found if name not in self._at_start and name not in self._later}
            else:
                self._at_start += [name for name in found if name not in self._at_start]
            self._done.add(step)

    def told(self) -> dict[str, Any]:
        """For an answer: what came ``at_start``, and ``later`` with the step at which it did."""
        with self._lock:
            return {"at_start": list(self._at_start), "later": dict(self._later)}

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _STARTS:
            return
        try:
            given = arguments[_STARTS[event]]
            words = given if isinstance(given, str | bytes) else str(given)
            name = words.decode(errors="replace") if isinstance(words, bytes) else words
            self._started.append(Path(name.split()[0] if event == "os.system" else name).name)
        except Exception:  # a hook that raises keeps the program from starting
            self._started.append("of no name")


def _installed(names: Iterable[str]) -> set[str]:
    """Those modules, without what lies in them, that were installed: no part of Python, and no code of the team's own."""
    every = {each.partition(".")[0] for each in tuple(names)} - sys.stdlib_module_names
    return {name for name in every if any(part in place for place in _places(sys.modules.get(name)) for part in _INSTALLED)}


def _places(module: Any) -> list[str]:
    """Where a module lies; a team's own may be anything, and raise when it is looked at."""
    try:
        known = vars(module)
        return [str(known.get("__file__") or ""), *map(str, known.get("__path__") or ())]
    except Exception:
        return []
