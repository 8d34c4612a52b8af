"""Whether processes are there."""

from __future__ import annotations

import os
import time
from pathlib import Path


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return not Path("/proc").is_dir() or Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def gone(*pids: int, within: float = 10) -> bool:
    """Whether all of them have ended, or do so in so many seconds."""
    deadline = time.monotonic() + within
    while any(map(alive, pids)):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
    return True


def children(pid: int, within: float = 10) -> list[int]:
    """The processes that one has started, waited for; a system without /proc has none to tell."""
    deadline = time.monotonic() + within
    found: list[int] = []
    while not found and time.monotonic() < deadline:
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(status.read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == pid:
                found.append(int(status.parent.name))
        time.sleep(0.02)
    return found
