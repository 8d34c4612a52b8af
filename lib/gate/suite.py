"""All cases, and what came of them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from operator import methodcaller
from pathlib import Path
from typing import Any

from lib.gate.bench import Bench
from lib.gate.case import Case, Outcome
from lib.gate.deployed import Planted
from lib.gate.faults import end_to_end, metadata, network, packaging, run
from lib.gate.harmless import variants
from lib.gate.memory import remembered

# Modules of planted deployments, and the notebooks that have to find what is wrong with them.
STAGES = ("11_robustness",)
WHOLE = ("03_parity", "11_robustness")
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
    "lib.gate.harmless.deployments": WHOLE,
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
    every = [*planted, *network.CASES, *metadata.CASES, *end_to_end.CASES, *packaging.CASES, *run.CASES, *variants.CASES]
    return sorted(every, key=lambda case: case.harmless)


def deployed(module: str, notebooks: Sequence[str]) -> list[Case]:
    """The cases of a module of planted deployments.

    Args:
        module: its full name.
        notebooks: what they are run through.
    """
    found: Any = import_module(module)
    planted: Sequence[Planted] = found.PLANTED
    group = module.rpartition(".")[2]
    return [
        Case(group, each.name, each.blames, methodcaller("deployed", f"{module}:{each.name}", notebooks), each.words)
        for each in planted
    ]


def tried(chosen: Iterable[Case], seed: int, said: Callable[[Tried], None]) -> list[Tried]:
    """Try cases one after the other.

    Args:
        chosen: the cases.
        seed: for all that is drawn at random.
        said: called with each as soon as it is done.
    """
    results = []
    with tempfile.TemporaryDirectory() as folder, remembered():
        bench = Bench.at(Path(folder), seed)
        for case in chosen:
            started = time.monotonic()
            with bench.cleared():
                outcome = case.run(bench)
            results.append(Tried(case, outcome, case.judge(outcome), time.monotonic() - started))
            said(results[-1])
    return results
