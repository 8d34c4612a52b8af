"""One sweep in a process of its own, for its time and its peak memory: ``python -m benchmarks.sweep_once JSON``.

JSON is an object with ``folder``, ``photos`` (how many of the folder, from the first on), ``results``, ``model``, ``mistakes``,
``workers`` and ``cores`` (how many the whole sweep may use). Prints an object with ``seconds`` and ``bytes``: the peak of this
process, which hands tasks out and collects what they found, and that of the worker that took most.
"""

from __future__ import annotations

import json
import os
import sys
import time
from itertools import islice
from pathlib import Path

from lib.inputs import photo_tree
from lib.inputs.reading import sha256
from lib.sweep import versions
from lib.sweep.plan import Plan
from lib.sweep.results import collected
from lib.sweep.shard import Task
from lib.sweep.shards import shards
from lib.sweep.spread import Workers
from lib.sweep.ways import Mistaken


def peak() -> int:
    """Most bytes of memory that this process has had, by Linux."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def main(asked: dict) -> dict:
    os.sched_setaffinity(0, range(asked["cores"]))  # workers inherit it
    plan = Plan.of(
        asked["model"],
        sha256(Path(asked["model"]).read_bytes()),
        [[Mistaken((name,)) for name in asked["mistakes"]]],
        versions.here(),
    )
    with Workers(count=asked["workers"]) as workers:
        begun = time.perf_counter()
        paths = (found.path for found in islice(photo_tree.listed(Path(asked["folder"])), asked["photos"]))
        done = workers.spread(Task(plan, asked["folder"], each, asked["results"]) for each in shards(paths))
        found = collected(done, plan, Path(asked["results"]))
        seconds = time.perf_counter() - begun
        assert len(found.table.photos) + found.copies == asked["photos"], found.reasons
        of_workers = workers._client.run(peak)
    return {"seconds": seconds, "bytes": [peak(), max(of_workers.values())]}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
