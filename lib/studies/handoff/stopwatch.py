"""How soon and how fast one pipeline answers, in a process of its own: ``python -m lib.studies.handoff.stopwatch JOB``.

JOB is a JSON object: ``factory``, as ``module:name``, with its ``arguments``, which gives a function from a photo's bytes to
probabilities, or something that has one as ``probabilities``; ``photo``, a path; ``started``, the time on the clock when the
process was started; ``rounds``, the answers to time. One JSON object goes to stdout: ``first``, seconds from the start of the
process to the first answer, ``laps``, the seconds of each, and ``memory``, the most bytes that were held.
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any


def main(job: dict[str, Any]) -> dict[str, Any]:
    """Run the job; what goes to stdout."""
    module, _, name = job["factory"].partition(":")
    made = getattr(import_module(module), name)(*job["arguments"])
    answer = partial(getattr(made, "probabilities", made), Path(job["photo"]).read_bytes())
    answer()
    first = time.time() - job["started"]
    from lib.timing import laps, peak_memory  # not at the top: it is no part of what is timed

    return {"first": first, "laps": laps(answer, job["rounds"]), "memory": peak_memory()}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))), flush=True)
