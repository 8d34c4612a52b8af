"""A small run that ships, with its package, and the package installed: each made once for a process, and copied for a case.

Of the notebooks only those that make what is handed over are run, on few photos; the others are put down as if each of their
checks had just held.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import io
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from lib import handoff, policy
from lib.bundle import versions
from lib.bundle.environment import Environment, fresh
from lib.deploy.package import digest
from lib.gate.bench import STARTED, Bench
from lib.gate.case import CRASHED, REFUSED, SHIPS, STOPS, Outcome
from lib.gate.notebook import executed
from lib.inputs import parameters
from lib.policy import Measurement, Record
from lib.policy.results import MIMETYPE
from lib.report import pages, sums
from lib.report.run import EVIDENCE, PACKAGE, Page, Run, of_itself
from lib.run import provenance
from lib.run.command import NOTEBOOKS, main

REAL = ("01_export", "10_handoff")  # notebooks that are run
FEW = {"random_sizes": 1, "parts": 1, "rounds": 2}  # their parameters
_KEPT = ExitStack()
atexit.register(_KEPT.close)


@dataclass(frozen=True)
class Shipped:
    """What the run left.

    Attributes:
        report: its folder.
        wheel: the package in it.
    """

    report: Path
    wheel: Path


@functools.cache
def shipped(seed: int) -> Shipped:
    """The run; ``seed`` is for all that it draws at random."""
    bench = Bench.at(Path(_KEPT.enter_context(tempfile.TemporaryDirectory())) / "bench", seed)
    report = bench.report
    (report / PACKAGE).mkdir(parents=True)
    values: dict[str, Any] = {"photos": str(bench.photos), "sizes_seed": seed} | FEW
    about, rules, every = handoff.load("lite0-imagenet", values["photos"]), policy.load(), sorted(NOTEBOOKS.glob("*.ipynb"))
    effective = parameters.shown(parameters.SHARED | {"deployment": about.deployment_name} | values)
    facts = provenance.facts(about, effective) | {"started": STARTED, "seconds": 1.0}
    made: list[Page] = []
    for path in sorted(every, key=lambda path: bool(parameters.manner(path)["last"])):
        manner = parameters.manner(path)
        if manner["last"]:
            first = Run(made, of_itself(facts), rules, facts, complete=False)
            (report / PACKAGE / EVIDENCE).write_text(first.to_json(), encoding="utf-8")
        known = parameters.of_notebook(path)
        given = {name: value for name, value in (values | {"run": str(report)}).items() if name in known}
        record = (
            Record.in_notebook(executed(path, given)) if path.stem in REAL else _as_if(path.stem, rules, about.subject.label)
        )
        made.append(_page(path, record, report))
    made.sort(key=lambda page: page.name)
    pages.write(Run(made, of_itself(facts), rules, facts, complete=True), report)
    return Shipped(report, next((report / PACKAGE).glob("*.whl")))


@functools.cache
def installed(seed: int) -> Environment:
    """An environment with the package of that run, and nothing that it does not require."""
    wheel = shipped(seed).wheel
    name = wheel.name.split("-")[0].replace("_", "-")
    return _KEPT.enter_context(fresh(wheel, name, versions.sets(versions.INSTALLED)[0]))


def manifest(site: Path) -> Path:
    """The manifest of the package in a folder that it was installed in."""
    return next(site.glob("*/data/manifest.json"))


def copied(environment: Environment, site: Path) -> Path:
    """The package's own folder and what pip wrote of it, in a folder of their own.

    Returns:
        The package's own folder there.
    """
    own = manifest(environment.site).parent.parent
    for folder in (own, *environment.site.glob(f"{own.name}-*.dist-info")):
        shutil.copytree(folder, site / folder.name)
    return site / own.name


def left(change: Callable[[Path], object], fitted: bool = True) -> Callable[[Bench], Outcome]:
    """A report that was changed, its ``sha256sums.txt`` made to fit or not, and what ``verify`` says of it."""

    def run(bench: Bench) -> Outcome:
        report = bench.folder / "run"
        shutil.copytree(shipped(bench.seed).report, report)
        change(report)
        if fitted:
            sums.write(report)
        return verified(report)

    return run


def verified(report: Path) -> Outcome:
    """``python -m lib verify`` of a report, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = main(["verify", str(report)])
    return _outcome("verify", code, out.getvalue(), err.getvalue())


def tested(environment: Environment, site: Path, module: str) -> Outcome:
    """``selftest`` of a package that lies in a folder of its own."""
    ran: subprocess.CompletedProcess[str] = environment.run(str(environment.python), "-m", module, "selftest", path=str(site))
    return _outcome("selftest", ran.returncode, ran.stdout, ran.stderr)


def _outcome(command: str, code: int, out: str, err: str) -> Outcome:
    wrong = "\n".join(line for line in out.splitlines() if line.startswith("✗"))
    ended = {0: SHIPS, 1: STOPS, 2: REFUSED}.get(code, CRASHED)
    if "Traceback" in err or ended == CRASHED or (ended == STOPS) != bool(wrong):
        return Outcome(CRASHED, said=out + err)
    return Outcome(ended, ("package",), (command,), wrong) if ended == STOPS else Outcome(ended, said=err)


def _as_if(notebook: str, rules: policy.Policy, subject: str) -> Record:
    """What a notebook records whose checks just hold."""
    return Record(subject, [Measurement(check.id, check.threshold, 1) for check in rules.of(notebook)])


def _page(path: Path, record: Record, report: Path) -> Page:
    """A notebook with its last cell alone, as it was run."""
    notebook = nbformat.read(path, as_version=4)
    cell = notebook.cells[-1]
    cell.outputs = [nbformat.v4.new_output("display_data", {"text/plain": "checks", MIMETYPE: record.as_json()})]
    notebook.cells = [cell]
    nbformat.write(notebook, report / path.name)
    again = nbformat.read(report / path.name, as_version=4)
    return Page(path.stem, again, Record.in_notebook(again), 1.0, digest(report / path.name))
