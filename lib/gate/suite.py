"""All cases, and what came of them."""

from __future__ import annotations

import atexit
import logging
import os
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context, parent_process
from operator import methodcaller
from pathlib import Path
from typing import Any

import torch

from lib.gate.bench import Bench
from lib.gate.case import Case, Outcome
from lib.gate.deployed import Planted
from lib.gate.faults import end_to_end, metadata, network, package, packaging, report, run, sweep
from lib.gate.harmless import variants
from lib.gate.memory import remembered

# Modules of planted deployments, and the notebooks that have to find what is wrong with them.
STAGES = ("11_robustness",)
WHOLE = ("03_parity", "11_robustness")
HALVES = ("realistic", "unseen", "later")
KINDS = ("large", "encodings", "composition", "over_time", "batches", "imports")
DEPLOYED = {
    "lib.gate.faults.decode": STAGES,
    "lib.gate.faults.resize": STAGES,
    "lib.gate.faults.normalise": STAGES,
    "lib.gate.faults.infer": WHOLE,
    "lib.gate.faults.score": WHOLE,
    "lib.gate.faults.behaviour": STAGES,
    "lib.gate.faults.dependencies": STAGES,
    "lib.gate.faults.dependencies_at_import": STAGES,
    "lib.gate.faults.seventeen": STAGES,
    "lib.gate.faults.unusable": WHOLE,
    # What services did that no probe looked for: half of it written before there were probes for such things, and half after,
    # by somebody who had not seen them.
    **{f"lib.gate.faults.{half}.{kind}": STAGES for half in HALVES for kind in KINDS},
    "lib.gate.faults.realistic.blamed": WHOLE,
    "lib.gate.faults.unseen.blamed": WHOLE,
    "lib.gate.harmless.deployments": WHOLE,
    "lib.gate.harmless.services": STAGES,
}


@dataclass(frozen=True)
class Tried:
    """One case and what came of it.

    Attributes:
        case: the case.
        outcome: how the run ended.
        wrong: what is wrong with that; empty where it is right.
        seconds: how long it took.
    """

    case: Case
    outcome: Outcome
    wrong: str
    seconds: float


def cases() -> list[Case]:
    """Every fault, then every harmless variant."""
    planted = [case for module, notebooks in DEPLOYED.items() for case in deployed(module, notebooks)]
    every = [
        *planted,
        *network.CASES,
        *metadata.CASES,
        *end_to_end.CASES,
        *packaging.CASES,
        *package.CASES,
        *report.CASES,
        *run.CASES,
        *sweep.CASES,
        *variants.CASES,
    ]
    return sorted(every, key=lambda case: case.harmless)


def deployed(module: str, notebooks: Sequence[str]) -> list[Case]:
    """The cases of a module of planted deployments.

    Args:
        module: its full name.
        notebooks: what they are run through.
    """
    found: Any = import_module(module)
    planted: Sequence[Planted] = found.PLANTED
    *_, room, last = module.split(".")
    group = f"{room} {last}".replace("_", " ") if room in HALVES else last.replace("_", " ")
    return [
        Case(group, each.name, each.blames, methodcaller("deployed", f"{module}:{each.name}", notebooks), each.words)
        for each in planted
    ]


def tried(chosen: Sequence[Case], seed: int, said: Callable[[Tried], None], jobs: int = 1, draws: int = 1) -> list[Tried]:
    """Try cases.

    Args:
        chosen: the cases; with several jobs, some of :func:`cases`.
        seed: for all that is drawn at random.
        said: called with each as soon as it is done.
        jobs: how many are tried at a time, each in a process of its own.
        draws: how many times as many files as in a default run are drawn.
    """
    if jobs == 1:
        with _bench(seed, draws) as bench:
            return [_said(_tried(case, bench), said) for case in chosen]
    numbers = {(case.group, case.name): number for number, case in enumerate(cases())}
    with ProcessPoolExecutor(jobs, get_context("spawn"), _start, (seed, jobs, draws)) as pool:
        running = {pool.submit(_numbered, numbers[case.group, case.name]): case for case in chosen}
        results = {}
        for future in as_completed(running):
            case = running[future]
            results[case.group, case.name] = _said(Tried(case, *future.result()), said)
    return [results[case.group, case.name] for case in chosen]


@contextmanager
def _bench(seed: int, draws: int) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder, remembered(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what planted code does
        yield Bench.at(Path(folder) / "bench", seed, draws)


def _tried(case: Case, bench: Bench) -> Tried:
    started = time.monotonic()
    with bench.cleared():
        outcome = case.run(bench)
    return Tried(case, outcome, case.judge(outcome), time.monotonic() - started)


def _said(result: Tried, said: Callable[[Tried], None]) -> Tried:
    said(result)
    return result


_HELD: dict[str, Any] = {}  # of a process that tries cases for another


def _start(seed: int, jobs: int, draws: int) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    threads = max(1, (os.cpu_count() or 1) // jobs)
    os.environ["OMP_NUM_THREADS"] = str(threads)  # for what is started from here
    torch.set_num_threads(threads)
    logging.disable(logging.WARNING)
    held = ExitStack()
    _HELD.update(held=held, bench=held.enter_context(_bench(seed, draws)), cases=cases())
    atexit.register(held.close)


def _end_with_parent() -> None:
    """A gate that was killed must leave no process that goes on."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _numbered(number: int) -> tuple[Outcome, str, float]:
    """What came of the case of that number: cases themselves hold functions, which do not go from process to process."""
    result = _tried(_HELD["cases"][number], _HELD["bench"])
    return result.outcome, result.wrong, result.seconds
