"""Runs a runtime in a process of its own, on inputs that lie in a folder."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.cache import ROOT
from lib.guarded.lifeline import lifeline

TIMEOUT = 600  # seconds that one runtime may take


@dataclass(frozen=True)
class Measured:
    """What came of one runtime.

    Attributes:
        runtime: its name.
        error: why there is no answer, or empty; then all else is empty too.
        logits: of each input, by the name of its file without the suffix.
        first: seconds from the start of the process to its first answer.
        laps: seconds of each answer, by batch size.
        memory: the most bytes that the process held at once.
        version: of the package.
        licence: of the package.
        installed: bytes of the package and all that it requires.
    """

    runtime: str
    error: str
    logits: dict[str, NDArray[Any]]
    first: float = float("nan")
    laps: dict[int, list[float]] | None = None
    memory: int = 0
    version: str = ""
    licence: str = ""
    installed: int = 0

    def median(self, batch: int = 1) -> float:
        """Seconds of an answer, the median; NaN where there is none."""
        return median(self.laps[batch]) if self.laps and self.laps.get(batch) else float("nan")

    def percentile95(self, batch: int = 1) -> float:
        """Seconds of an answer, the 95th percentile; NaN where there are fewer than two."""
        return quantiles(self.laps[batch], n=20)[-1] if self.laps and len(self.laps.get(batch, ())) > 1 else float("nan")


def measured(
    runtime: str,
    source: str,
    inputs: Path,
    rounds: int,
    batches: Sequence[int] = (1,),
    python: Path | str = sys.executable,
) -> Measured:
    """One runtime in a process of its own.

    Args:
        runtime: its name.
        source: what it reads.
        inputs: a folder with one or more ``.npy`` files, float32 (1, 3, H, W) each, which are fed one by one, in the order of
            their names; the first is the one that is timed.
        rounds: how many answers to time, at each batch size.
        batches: sizes of the batches.
        python: the interpreter to run it with.
    """
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "outputs.npz"
        job = {
            "runtime": runtime,
            "source": source,
            "inputs": str(inputs),
            "outputs": str(answers),
            "rounds": rounds,
            "batches": list(batches),
            "started": time.time(),
        }
        kept = ["-B"] * (str(python) != sys.executable)  # another environment is in the cache, and stays as it was made
        command = [str(python), *kept, "-m", "lib.runtimes.worker", json.dumps(job)]
        try:
            with lifeline() as stdin:
                ran = subprocess.run(
                    command,
                    cwd=ROOT,
                    stdin=stdin,
                    capture_output=True,
                    encoding="utf-8",
                    errors="replace",
                    timeout=TIMEOUT,
                    start_new_session=True,
                )
        except subprocess.TimeoutExpired:
            return Measured(runtime, f"took longer than {TIMEOUT} s", {})
        if ran.returncode != 0 or not ran.stdout.strip():
            lines = [line for line in ran.stderr.splitlines() if line.strip()]
            return Measured(runtime, f"its process ended with code {ran.returncode}: {lines[-1][:200] if lines else ''}", {})
        said = json.loads(ran.stdout.splitlines()[-1])
        if "error" in said:
            return Measured(runtime, said["error"], {})
        with np.load(answers) as file:
            logits = {name: file[name] for name in file.files}
        said["laps"] = {int(batch): laps for batch, laps in said["laps"].items()}
        return Measured(runtime, "", logits, **said)
