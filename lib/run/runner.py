"""Runs the set of notebooks side by side and leaves a report, or leaves everything as it was."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from papermill.translators import translate_parameters

from lib.audit import baseline
from lib.audit.results import Results
from lib.deploy import BadInput
from lib.deploy.machine import threads
from lib.deploy.package import digest
from lib.guarded.lifeline import lifeline
from lib.handoff import Handoff
from lib.inputs import parameters
from lib.inputs.parameters import RUN_FOLDER
from lib.policy import Policy, Record
from lib.report import pages
from lib.report.output_style import without_styles
from lib.report.places import without_places
from lib.report.run import EVIDENCE, PACKAGE, Page, Run, of_itself
from lib.run import crashed, provenance
from lib.run.exit_codes import WRONG_USE
from lib.run.place import move_into_place, scratch_beside
from lib.run.progress import Progress
from lib.run.signals import uninterrupted

CELL_TIMEOUT = 3600  # seconds; on the bundled photos and two cores the longest cell takes about 60


@dataclass
class Job:
    """One notebook of a run.

    Attributes:
        source: the notebook.
        parameters: those of the run's parameters that the notebook has.
        alone: whether it measures time, and so runs when the others have ended.
        last: whether it is about what all others measured, and so runs when they have ended.
        about: how many seconds it is known to take. Those that take longest start first: started last, they would keep a core
            waiting.
        process: its worker, while it runs.
        cell: the last one that began, counted from 1; 0 before the first.
        error: why it failed, or empty.
        traceback: of the cell that raised, or empty.
        code: the worker's exit code, None until it ended.
        seconds: how long it took.
        log: what the worker wrote to stderr.
    """

    source: Path
    parameters: dict[str, Any]
    alone: bool = False
    last: bool = False
    about: int = 0
    process: subprocess.Popen[str] | None = None
    cell: int = 0
    error: str = ""
    traceback: str = ""
    code: int | None = None
    seconds: float = 0.0
    log: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The notebook's name without its suffix."""
        return self.source.stem


def run(
    jobs: Sequence[Job],
    handoff: Handoff,
    policy: Policy,
    effective: dict[str, Any],
    out: Path,
    complete: bool,
    earlier: Results | None = None,
) -> Run:
    """Execute the notebooks, render the report and move it to ``out``.

    A notebook that crashes or takes too long costs its own section: the others run on, and the verdict is incomplete.

    Args:
        jobs: the notebooks to run.
        handoff: what the run is about, for the report's facts.
        policy: what must hold.
        effective: the parameters of the run, as the report is to show them.
        out: folder to leave the report in; an earlier report there is replaced when the new one is whole, never before.
        complete: whether the jobs are the whole set of notebooks; only a complete run can say ship.
        earlier: what an earlier run left, to hold this one against; None to hold it against none.

    Returns:
        The run with its checks and verdict.

    Raises:
        BadInput: ``out`` cannot be used, or a notebook was given something it cannot use.
        KeyboardInterrupt: after every kernel has ended.
    """
    started = datetime.datetime.now(datetime.UTC)
    clock = time.monotonic()
    with scratch_beside(out) as scratch, Progress([job.name for job in jobs]) as progress:
        first, last = [job for job in jobs if not job.last], [job for job in jobs if job.last]
        _execute(first, scratch, progress)
        executed = {job.name: _page(job, scratch) for job in first}
        facts = provenance.facts(handoff, effective) | {"started": started.isoformat(timespec="seconds")}

        def so_far(complete: bool) -> Run:
            found = [executed[job.name] for job in jobs if job.name in executed]
            timed = facts | {"seconds": round(time.monotonic() - clock, 1)}
            return Run(found, of_itself(timed), policy, timed, complete)

        if complete and last:
            _hand_on(so_far(complete=False), last, scratch)
        _execute(last, scratch, progress)
        executed |= {job.name: _page(job, scratch) for job in last}
        result = so_far(complete)
        if earlier is not None and not result.crashes:  # what was not measured has not moved
            result = replace(result, baseline=baseline.against(earlier, result))
        if result.verdict.key != "ship":
            shutil.rmtree(scratch / PACKAGE, ignore_errors=True)
        pages.write(result, scratch)
        move_into_place(scratch, out)
    return result


def _hand_on(run: Run, jobs: Sequence[Job], scratch: Path) -> None:
    """Tell notebooks what all others measured, and where to leave what is handed over."""
    (scratch / PACKAGE).mkdir()
    (scratch / PACKAGE / EVIDENCE).write_text(run.to_json(), encoding="utf-8")
    for job in jobs:
        job.parameters[RUN_FOLDER] = str(scratch)


def _page(job: Job, scratch: Path) -> Page:
    path = scratch / f"{job.name}.ipynb"
    if job.code:
        crashed.write(path, job.source, job.cell, job.error, job.traceback)
    notebook = nbformat.read(path, as_version=4)
    _forget_places(notebook, parameters.shown({name: job.parameters[name] for name in job.parameters if name != RUN_FOLDER}))
    nbformat.write(notebook, path)
    without_styles(notebook)
    return Page(job.name, notebook, Record.in_notebook(notebook), job.seconds, digest(path))


def _forget_places(notebook: NotebookNode, shown: dict[str, Any]) -> None:
    """Take out of an executed notebook where things lie on this machine."""
    notebook.metadata.papermill |= {"input_path": None, "output_path": None, "parameters": shown}
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.source = translate_parameters("python3", "python", shown, "Parameters")
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":  # warnings name the file that warns
                output.text = without_places(output.text)
            if output.output_type == "error":
                output.evalue = without_places(output.evalue)
                output.traceback = [without_places(line) for line in output.traceback]


def _execute(jobs: Sequence[Job], scratch: Path, progress: Progress) -> None:
    together = sorted((job for job in jobs if not job.alone), key=lambda job: -job.about)
    for group in (together, *([job] for job in jobs if job.alone)):
        _side_by_side(group, scratch, progress)


def _side_by_side(jobs: Sequence[Job], scratch: Path, progress: Progress) -> None:
    if not jobs:
        return
    lanes = min(len(jobs), os.cpu_count() or 1)
    environment = os.environ | {"OMP_NUM_THREADS": str(max(1, threads() // lanes))}
    with lifeline() as stdin, ThreadPoolExecutor(lanes) as pool:
        gate = _Gate(stdin)
        running = [pool.submit(_execute_one, job, scratch, environment, progress, gate) for job in jobs]
        try:
            while not all(future.done() for future in running):
                if any(job.code == WRONG_USE for job in jobs):
                    break
                time.sleep(0.2)
        finally:
            with uninterrupted():
                with gate.lock:
                    gate.closed = True
                _stop(jobs)
    for future in running:
        future.result()
    for job in jobs:
        if job.code == WRONG_USE:
            raise BadInput(f"{job.name}: {job.error}")
    for job in jobs:
        if job.code and not job.error:
            job.error, job.traceback = f"its process ended with exit code {job.code}", "".join(job.log[-20:])


@dataclass
class _Gate:
    """Once it is closed no further worker starts, so that those which stand can be ended for good.

    Attributes:
        stdin: what workers are started with, so that they end with us.
        lock: to be held while one is started.
        closed: whether it is.
    """

    stdin: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    closed: bool = False


def _execute_one(job: Job, scratch: Path, environment: dict[str, str], progress: Progress, gate: _Gate) -> None:
    order = {
        "source": str(job.source),
        "output": str(scratch / f"{job.name}.ipynb"),
        "parameters": job.parameters,
        "timeout": CELL_TIMEOUT,
    }
    started = time.monotonic()
    with gate.lock:
        if gate.closed:
            return
        # A session of its own: Ctrl-C in the terminal reaches us alone, and we end the worker in order.
        job.process = subprocess.Popen(
            [sys.executable, "-m", "lib.run.execute", json.dumps(order)],
            env=environment,
            stdin=gate.stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    assert job.process.stdout is not None
    assert job.process.stderr is not None
    with job.process:
        drain = threading.Thread(target=job.log.extend, args=(job.process.stderr,), daemon=True)
        drain.start()
        progress.started(job.name)
        for line in job.process.stdout:
            event = json.loads(line)
            if "cell" in event:
                job.cell = event["cell"]
                progress.at(job.name, event["cell"], event["of"])
            else:
                job.error, job.traceback = event["error"], event["traceback"]
        code = job.process.wait()
        drain.join()
    job.seconds = round(time.monotonic() - started, 1)
    job.code = code
    progress.ended(job.name, code)


def _stop(jobs: Sequence[Job]) -> None:
    """End the workers that still run. On SIGINT nbclient shuts its kernel down before the worker leaves."""
    alive = [job.process for job in jobs if job.process is not None and job.process.poll() is None]
    for process in alive:
        process.send_signal(signal.SIGINT)
    for process in alive:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
