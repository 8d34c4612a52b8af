"""One runtime in a process of its own: ``python -m lib.runtimes.worker JOB``.

JOB is a JSON object: ``runtime`` and ``source`` as :class:`lib.runtimes.runtime.Runtime` has them, ``inputs``, a folder with
an ``.npy`` file an input, ``outputs``, where an ``.npz`` with the answers goes, ``started``, the time on the clock when the
process was started, and ``rounds`` for each of ``batches``. One JSON object goes to stdout, the last line there: ``error``, or
the fields of :class:`lib.runtimes.process.Measured`. Nothing but numpy and the library is imported, so that its start and its
memory are its own.
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lib.guarded.lifeline import hold
from lib.runtimes import RUNTIMES
from lib.timing import laps, peak_memory


def main(job: dict[str, Any]) -> dict[str, Any]:
    """Run the job; what goes to stdout."""
    runtime = RUNTIMES[job["runtime"]]
    assert runtime.load is not None
    try:
        first, *others = sorted(Path(job["inputs"]).glob("*.npy"))
        tensor = np.load(first)
        answer = runtime.load(job["source"])
        outputs = {first.stem: answer(tensor)}
        seconds = time.time() - job["started"]
        outputs |= {path.stem: answer(np.load(path)) for path in others}
        timed = {}
        for batch in job["batches"]:
            call = partial(answer, np.repeat(tensor, batch, axis=0))
            call()  # warms up
            timed[str(batch)] = laps(call, job["rounds"])
    except ModuleNotFoundError as error:
        return {"error": f"not installed: {error.name or runtime.package}"}
    except Exception as error:  # whatever a library raises is the finding
        lines = [line for line in str(error).splitlines() if line.strip()]
        kind = "" if type(error) is RuntimeError else f"{type(error).__name__}: "
        return {"error": f"{kind}{lines[0][:200] if lines else 'no message'}"}
    from lib.runtimes.package import about  # not at the top: it takes longer to import than some libraries take to start

    np.savez(job["outputs"], **outputs)  # type: ignore[arg-type]  # numpy's stub takes the names for its own arguments
    return {"first": seconds, "laps": timed, "memory": peak_memory()} | about(runtime.package)


if __name__ == "__main__":
    hold()
    print(json.dumps(main(json.loads(sys.argv[1]))), flush=True)
