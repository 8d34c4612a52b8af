"""Some hundred calls in a row: what a process takes of the machine meanwhile, and whether its answers stay the same."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy.stats import theilslopes

from lib.deploy import BadInput
from lib.deploy.difference import max_abs_difference
from lib.inputs.deployment import Deployment, Usage
from lib.probes import Motif
from lib.probes.probe import saved

PHOTOS = 140  # small ones, all of them others: more than a cache of 128 holds
ROUNDS = 2  # how often all of them are asked; the first time nothing is known
BROKEN = 8  # calls between two files that cannot be read
SIDES = 60, 100  # pixels
LIMIT = 30.0  # seconds, after which a slow deployment is asked no more
LEAST = 40  # calls, before a deployment's memory is warm and growth is one
EVERY = 5  # calls between two looks at the process
FELL_OFF = 5  # photos that are named


@dataclass(frozen=True)
class Soak:
    """Many calls, one after the other.

    Attributes:
        calls: how many.
        worst: the largest difference in probability from a photo's first answer; infinite where one has no answer any more.
        compared: how many answers were held against a first one.
        off: which calls were answered otherwise, the first few.
        memory: by how many megabytes each call makes the process grow.
        files: by how many open files.
        threads: by how many threads.
        slower: by how many milliseconds each call takes longer than the one before it.
        before: the process at the first of the calls that count.
        after: and at the end.
        latency: of the first of these and of the last, milliseconds, medians of ten.
    """

    calls: int
    worst: float
    compared: int
    off: tuple[str, ...]
    memory: float
    files: float
    threads: float
    slower: float
    before: Usage
    after: Usage
    latency: tuple[float, float]


def soak(opened: Deployment, same: float, seed: int, times: int = 1) -> Soak:
    """Ask a deployment for small photos, each several times, and look at its process.

    Args:
        opened: the deployment; its process must be alive.
        same: what a probability may differ by.
        seed: of the photos' sizes.
        times: how many times as many photos.

    Raises:
        Over: its process ended.
    """
    photos, broken = photos_of(seed, PHOTOS * times), photos_of(seed, 1)[0]
    broken = broken[: len(broken) // 2]
    first: dict[int, object] = {}
    off: list[str] = []
    seconds: list[float] = []
    looks: list[tuple[int, Usage]] = []
    worst, compared, started = 0.0, 0, time.monotonic()
    for call in range(ROUNDS * len(photos)):
        turn, number = divmod(call, len(photos))
        number = number if turn % 2 == 0 else len(photos) - 1 - number  # backwards: the latest are those that a cache still has
        begun = time.perf_counter()
        answer = opened.answers([photos[number]])[0]
        seconds.append(time.perf_counter() - begun)
        if number in first:
            compared += 1
            difference = difference_of(first[number], answer)
            worst = float(np.max([worst, difference]))
            off += [] if difference <= same else [f"call {call + 1}"]
        first.setdefault(number, answer)
        if call % BROKEN == 0:
            opened.answers([broken])
        if call % EVERY == 0:
            looks.append((call, opened.usage()))
        if time.monotonic() - started > LIMIT and call >= LEAST + 2 * EVERY:
            break
    warm = [(call, usage) for call, usage in looks if call >= LEAST]
    calls = [call for call, _ in warm]
    timed = 1e3 * np.array(seconds[LEAST:])
    return Soak(
        len(seconds),
        worst,
        compared,
        tuple(off[:FELL_OFF]),
        _slope(calls, [usage.memory / 1e6 for _, usage in warm]),
        _slope(calls, [usage.files for _, usage in warm]),
        _slope(calls, [usage.threads for _, usage in warm]),
        _slope(range(len(timed)), timed.tolist()),
        warm[0][1],
        warm[-1][1],
        (float(np.median(timed[:10])), float(np.median(timed[-10:]))),
    )


def photos_of(seed: int, many: int) -> list[bytes]:
    """So many small photos of one size, no two alike."""
    motif, random = Motif.bundled(), np.random.default_rng([seed, 3])
    # of one size, so that memory grows for no other reason than a leak
    side = int(random.integers(*SIDES))
    pictures = [np.asarray(motif.picture(side, side, number)) for number in range(3)]
    return [
        saved(Image.fromarray(np.roll(pictures[i % 3], (i // 3 % side, i // 3 // side), axis=(0, 1))), "PNG", compress_level=1)
        for i in range(many)
    ]


def _slope(x: Sequence[int], y: Sequence[float]) -> float:
    """The median of the slopes between all pairs of points: a few outliers, as a busy machine makes, do not move it."""
    return float(theilslopes(y, x).slope) if len(x) > 1 else 0.0


def difference_of(first: object, answer: object) -> float:
    """How far two answers to a photo are apart; infinite where there is only one, 0 where there is none."""
    if isinstance(first, BadInput) or isinstance(answer, BadInput):
        return 0.0 if isinstance(first, BadInput) and isinstance(answer, BadInput) else float("inf")
    return max_abs_difference(np.asarray(first), np.asarray(answer))
