"""One engine in a process of its own: ``python -m lib.runtimes.worker JOB``.

JOB is a JSON object: ``engine`` and ``source`` as :class:`lib.runtimes.engines.Engine` has them, ``inputs``, an ``.npz`` with
one array an input, ``outputs``, where an ``.npz`` with the answers goes, ``started``, the time on the clock when the process
was started, and ``rounds`` for each of ``batches``. One JSON object goes to stdout, the last line there: ``error``, or the
fields of :class:`lib.runtimes.harness.Measured`. Nothing but numpy and the engine is imported, so that its start and its
memory are its own.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from lib.runtimes.engines import ENGINES


def main(job: dict[str, Any]) -> dict[str, Any]:
    """Run the job; what goes to stdout."""
    engine = ENGINES[job["engine"]]
    try:
        with np.load(job["inputs"]) as file:
            inputs = {name: file[name] for name in file.files}
        answer = engine.load(job["source"])
        outputs = {name: answer(tensor) for name, tensor in list(inputs.items())[:1]}
        first = time.time() - job["started"]
        outputs |= {name: answer(tensor) for name, tensor in inputs.items() if name not in outputs}
        tensor = next(iter(inputs.values()))
        laps: dict[str, list[float]] = {
            str(batch): _laps(answer, np.repeat(tensor, batch, axis=0), job["rounds"]) for batch in job["batches"]
        }
    except ModuleNotFoundError as error:
        return {"error": f"not installed: {error.name or engine.package}"}
    except Exception as error:  # whatever a library raises is the finding
        lines = [line for line in str(error).splitlines() if line.strip()]
        kind = "" if type(error) is RuntimeError else f"{type(error).__name__}: "
        return {"error": f"{kind}{lines[0][:200] if lines else 'without a word'}"}
    from lib.runtimes.package import about  # not at the top: it takes longer to import than some engines take to start

    np.savez(job["outputs"], **outputs)  # type: ignore[arg-type]  # numpy's stub takes the names for its own arguments
    return {"first": first, "laps": laps, "memory": _peak_memory()} | about(engine.package)


def _laps(answer: Any, tensor: Any, rounds: int) -> list[float]:
    """Seconds of each answer; one before them warms up."""
    laps = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        answer(tensor)
        laps.append(time.perf_counter() - start)
    return laps[1:]


def _peak_memory() -> int:
    """The most bytes that this process held at once; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    held = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), "0")
    return int(held) * 1024  # the system says kB and means 1024


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))), flush=True)
