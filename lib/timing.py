"""How long one thing takes against another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter, sleep

PAUSE = 0.002  # seconds, in which threads that wait for more work of the call before go to sleep


def ratios(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The time of each call in times of the first one's.

    Processors change their clock, and other processes come and go. So every round makes each call once, the ratio is taken
    within the round, and the median over the rounds counts. Two rounds before them warm up.

    Args:
        calls: what to time, by name.
        rounds: how often, 1 or more.
    """
    laps: list[list[float]] = []
    for _ in range(rounds + 2):
        lap = []
        for call in calls.values():
            sleep(PAUSE)
            start = perf_counter()
            call()
            lap.append(perf_counter() - start)
        laps.append(lap)
    return {name: median(lap[i] / lap[0] for lap in laps[2:]) for i, name in enumerate(calls)}
