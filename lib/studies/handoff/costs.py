"""What the package costs, and what eager PyTorch costs for the same photo."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from lib.bundle import names
from lib.bundle.environment import Environment
from lib.cache import ROOT
from lib.guarded.lifeline import lifeline
from lib.handoff import Handoff
from lib.numbers import finite
from lib.runtimes.package import room

STARTS = 3  # of a process, the first answer of which is timed; one more before them warms the disk's cache
PYTORCH = ("torch", "efficientnet-pytorch", "numpy", "pillow")  # what eager PyTorch needs for a photo


@dataclass(frozen=True)
class Cost:
    """What it takes to answer one photo, from its bytes to probabilities.

    Attributes:
        installed: bytes of all that has to be installed, the network's weights with it.
        firsts: seconds from the start of a process to its first answer, one a start.
        laps: seconds of each further answer.
        memory: the most bytes that the process held; 0 where the system does not say.
    """

    installed: int
    firsts: tuple[float, ...]
    laps: tuple[float, ...]
    memory: int

    @property
    def first(self) -> float:
        """The median of the first answers, in seconds."""
        return median(self.firsts)

    def as_json(self, name: str) -> dict[str, Any]:
        """As JSON types, under the names that 08_runtimes has for them."""
        return {
            "name": name,
            "missing": "",
            "first_s": finite(self.first),
            "median_s": finite(median(self.laps)),
            "percentile95_s": finite(quantiles(self.laps, n=20)[-1]),
            "memory_bytes": self.memory or None,
            "installed_bytes": self.installed or None,
        }


def of_package(there: Environment, photo: Path, rounds: int) -> Cost:
    """Of a package in its environment.

    Args:
        there: the environment.
        photo: the file.
        rounds: answers to time, 2 or more.
    """

    def run(job: str) -> subprocess.CompletedProcess[str]:
        return there.run(str(there.python), "-m", "lib.studies.handoff.stopwatch", job, path=str(ROOT))

    return _cost(run, f"{names.module(there.package)}:Classifier", (), photo, rounds, there.size)


def of_pytorch(handoff: Handoff, photo: Path, rounds: int) -> Cost:
    """Of eager PyTorch in the workbook's own environment; arguments as of :func:`of_package`."""

    def run(job: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lib.studies.handoff.stopwatch", job]
        with lifeline() as stdin:
            return subprocess.run(command, cwd=ROOT, stdin=stdin, capture_output=True, encoding="utf-8", errors="replace")

    size = room(*PYTORCH) + handoff.weights_path.stat().st_size
    arguments = str(handoff.subject.path), str(handoff.weights_path)
    return _cost(run, "lib.studies.handoff.eager:pipeline", arguments, photo, rounds, size)


def _cost(
    run: Callable[[str], subprocess.CompletedProcess[str]],
    factory: str,
    arguments: Sequence[str],
    photo: Path,
    rounds: int,
    size: int,
) -> Cost:
    found = []
    for i in range(STARTS + 1):
        job = {"factory": factory, "arguments": arguments, "photo": str(photo), "rounds": rounds if i == STARTS else 0}
        ran = run(json.dumps(job | {"started": time.time()}))
        ran.check_returncode()
        found.append(json.loads(ran.stdout))
    last = found[-1]
    return Cost(size, tuple(each["first"] for each in found[1:]), tuple(last["laps"]), last["memory"])
