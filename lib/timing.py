"""How long one thing takes against another, and what a process held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

WARM_UP = 3  # calls before the one that is timed


def laps(call: Callable[[], object], rounds: int) -> list[float]:
    """Seconds of each of ``rounds`` calls, one after the other."""
    taken = []
    for _ in range(rounds):
        start = perf_counter()
        call()
        taken.append(perf_counter() - start)
    return taken


def ratios(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The time of each call in times of the first one's, the median over rounds.

    Processors change their clock, and other processes come and go. So in every round each call has its turn, and the ratio is
    taken within the round. The order is drawn anew each time: the threads of the call before wait awake for a while, and would
    always slow the same one. For the same reason some calls go untimed before the timed one.

    Args:
        calls: what to time, by name.
        rounds: how often, 1 or more.
    """
    names, random = list(calls), np.random.default_rng(0)
    turns: list[dict[str, float]] = []
    for _ in range(rounds):
        lap = {}
        for name in random.permutation(names):
            lap[str(name)] = laps(calls[name], WARM_UP + 1)[-1]
        turns.append(lap)
    return {name: median(lap[name] / lap[names[0]] for lap in turns) for name in names}


def peak_memory() -> int:
    """The most bytes that this process held at once; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    held = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), "0")
    return int(held) * 1024  # the system says kB and means 1024
