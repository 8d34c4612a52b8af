"""The same numbers from one worker or two, in one go or not, and whatever happens to workers and schedulers meanwhile."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lib.cache import ROOT
from lib.deploy import BadInput
from lib.sweep import spread
from lib.sweep.photo import one_at_a_time
from lib.sweep.plan import pipelines
from lib.sweep.results import collected
from lib.sweep.shard import Done, Task
from lib.sweep.spread import IN_FLIGHT, Workers
from lib.sweep.ways import Mistaken
from tests.sweep import made


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return made.folder(tmp_path_factory.mktemp("photos") / "all")


@pytest.fixture(scope="module")
def once(lite0, place, tmp_path_factory) -> dict[str, list]:
    """What one worker finds in one go."""
    results = tmp_path_factory.mktemp("once")
    tasks = made.tasks(lite0, place, results)
    with Workers(count=1) as workers:
        return numbers(workers.spread(tasks), tasks[0])


def numbers(done: list[Done], task: Task) -> dict[str, list]:
    """All that is kept of every photo, in full."""
    table = collected(done, task.plan, Path(task.results)).table
    found = {"photos": list(table.photos), "lead": table.lead.tolist(), "probability": table.probability.tolist()}
    for way in table.ways:
        answers = table.read(way)
        found[way] = [answers.top1.tolist(), answers.margin.tolist(), answers.kl.tolist()]
    return found


@contextmanager
def scheduler(port: int) -> Iterator[str]:
    with process("-m", "distributed.cli.dask_scheduler", f"--port={port}", "--host=127.0.0.1", "--no-dashboard"):
        yield f"tcp://127.0.0.1:{port}"


@contextmanager
def worker(address: str) -> Iterator[subprocess.Popen]:
    arguments = (address, "--nthreads=1", "--no-nanny", "--no-dashboard", "--death-timeout=60")
    with process("-m", "distributed.cli.dask_worker", *arguments) as started:
        yield started


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen]:
    """Python with some arguments, and this project on its path."""
    started = subprocess.Popen(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_the_plain_loop_finds_the_same_to_the_last_digit(lite0, place, once):
    reference, ways = pipelines(made.plan(lite0))
    for row, name in enumerate(once["photos"]):
        for way in made.MISTAKES:
            plain = one_at_a_time((place / name).read_bytes(), reference, ways[way])
            assert [column[row] for column in once[way]] == [plain.top1, np.float32(plain.margin), plain.kl]


def test_two_workers_find_the_same(lite0, place, once, tmp_path):
    tasks = made.tasks(lite0, place, tmp_path)
    with Workers(count=2) as workers:
        assert numbers(workers.spread(tasks), tasks[0]) == once


def test_a_sweep_that_was_interrupted_goes_on_and_computes_only_what_is_missing(lite0, place, once, tmp_path):
    tasks = made.tasks(lite0, place, tmp_path)

    def interrupt(done):
        if len(done) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Workers(count=1) as workers:
        workers.spread(tasks, interrupt)
    lying = len(list(tmp_path.rglob("*.parquet")))
    assert 2 <= lying < len(tasks)
    with Workers(count=2) as workers:
        done = workers.spread(tasks)
    assert sum(each.computed for each in done) == 4 * (len(tasks) - lying)
    assert numbers(done, tasks[0]) == once


def test_one_of_two_workers_killed_half_way_loses_nothing(lite0, place, once, tmp_path):
    plan = made.plan(lite0, [Mistaken((name,)) for name in made.MISTAKES], [made.Ends(once=str(tmp_path / "killed"))])
    tasks = made.tasks(lite0, place, tmp_path / "results", by=plan)
    with Workers(count=2) as workers:
        done = workers.spread(tasks)
    assert (tmp_path / "killed").exists()
    found = numbers(done, tasks[0])
    assert found.pop("ends")[2] == [0.0] * 24
    assert found == once


def test_a_photo_that_ends_every_worker_is_recorded_and_no_other_is_blamed(lite0, place, once, tmp_path):
    copy = tmp_path / "photos"
    subprocess.run(["cp", "-r", place, copy], check=True)
    deadly = made.paths(copy)[9]
    with (copy / deadly).open("ab") as file:
        file.write(made.DEADLY)
    plan = made.plan(lite0, [Mistaken((name,)) for name in made.MISTAKES], [made.Ends()])
    tasks = made.tasks(lite0, copy, tmp_path / "results", by=plan)
    with Workers(count=2) as workers:
        done = workers.spread(tasks)
    found = collected(done, plan, tmp_path / "results")
    assert found.reasons == ((deadly, "ended the process that worked on it, more than once"),)
    assert sorted(found.paths) == sorted(set(made.paths(copy)) - {deadly})
    assert {path.suffix for path in (tmp_path / "results").rglob("*") if path.is_file()} == {".parquet"}


def test_workers_that_keep_ending_are_given_up_in_one_line(lite0, place, tmp_path, monkeypatch):
    monkeypatch.setattr(spread, "TIMES", 0)
    plan = made.plan(lite0, [made.EndsAtOnce()])
    with Workers(count=1) as workers, pytest.raises(BadInput, match=r"workers keep ending while they have \d+\.png and what"):
        workers.spread(made.tasks(lite0, place, tmp_path, by=plan))


def test_a_scheduler_that_starts_again_half_way_loses_nothing(lite0, place, once, tmp_path):
    port, tasks, again = free_port(), made.tasks(lite0, place, tmp_path, size=2), []
    with ExitStack() as first, ExitStack() as second:
        address = first.enter_context(scheduler(port))
        first.enter_context(worker(address))

        def watch(done):
            if len(done) >= 3 and not again:
                first.close()
                again.append(second.enter_context(scheduler(port)))
                second.enter_context(worker(address))

        with Workers(address) as workers:
            done = workers.spread(tasks, watch)
    assert again
    assert len(done) == len(tasks)
    assert numbers(done, tasks[0]) == once


def test_a_scheduler_that_is_not_there_is_said_in_one_line(monkeypatch):
    monkeypatch.setattr(spread, "CONNECT", 1.0)
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(BadInput, match=f"scheduler {address}: .*; start one with 'dask scheduler'"):
        Workers(address)
    with pytest.raises(BadInput, match="scheduler nonsense://x: "):
        Workers("nonsense://x")


def test_a_scheduler_without_workers_is_said_in_one_line(monkeypatch):
    monkeypatch.setattr(spread, "PATIENCE", 1.0)
    with scheduler(free_port()) as address, pytest.raises(BadInput, match="has no worker; start some with 'dask worker tcp://"):
        Workers(address)


def test_a_scheduler_that_goes_away_is_said_with_what_is_kept(lite0, place, tmp_path, monkeypatch):
    tasks = made.tasks(lite0, place, tmp_path, size=2)
    first = scheduler(free_port())
    address = first.__enter__()
    gone = []

    def watch(done):
        if done and not gone:
            monkeypatch.setattr(spread, "PATIENCE", 1.0)
            monkeypatch.setattr(spread, "CONNECT", 1.0)
            gone.append(first.__exit__(None, None, None))

    with worker(address), Workers(address) as workers:  # noqa: SIM117
        with pytest.raises(BadInput, match=r"went away, and did not come back; the numbers of \d+ photos are kept"):
            workers.spread(tasks, watch)
    assert gone


def test_a_worker_of_another_version_is_refused_by_name(lite0, place, tmp_path):
    (tmp_path / "numpy-9.9.dist-info").mkdir()
    (tmp_path / "numpy-9.9.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 9.9\n")
    tasks = made.tasks(lite0, place, tmp_path / "results")
    # first on the path of that worker alone
    with scheduler(free_port()) as address, odd_worker(address, tmp_path), Workers(address) as workers:  # noqa: SIM117
        with pytest.raises(BadInput, match=r"worker tcp://127\.0\.0\.1:\d+: numpy 9\.9, and [\d.]+ is needed"):
            workers.spread(tasks)
    assert not list((tmp_path / "results").rglob("*.parquet"))


@contextmanager
def odd_worker(address: str, first: Path) -> Iterator[subprocess.Popen]:
    code = f"import sys; sys.path.insert(0, {str(first)!r}); from distributed.cli.dask_worker import main; main()"
    with process("-c", code, address, "--nthreads=1", "--no-nanny", "--no-dashboard") as started:
        yield started


def test_tasks_are_read_as_workers_become_free(lite0, place, tmp_path):
    read, most = [], []

    def tasks():
        for task in made.tasks(lite0, place, tmp_path, size=2):
            read.append(task)
            yield task

    with Workers(count=1) as workers:
        workers.spread(tasks(), lambda done: most.append(len(read) - len(done)))
    assert len(read) == 12
    assert max(most) <= IN_FLIGHT


def test_what_a_worker_refuses_ends_the_sweep_in_one_line(lite0, place, tmp_path):
    task = replace(made.tasks(lite0, place, tmp_path)[0], folder="/nowhere/at/all")
    with Workers(count=1) as workers, pytest.raises(BadInput, match=r"worker tls://.*: there is no folder /nowhere/at/all"):
        workers.spread([task])


def test_workers_end_with_the_block_and_after_ctrl_c():
    with Workers(count=2) as workers:
        found = workers._client.run(os.getpid)
    time.sleep(0.5)
    for pid in found.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, signal.SIG_DFL)


def test_a_folder_of_results_that_workers_may_not_write_to_is_said_in_one_line(lite0, place, tmp_path):
    tasks = made.tasks(lite0, place, tmp_path / "results")
    for key in tasks[0].plan.keys:
        (tmp_path / "results" / key[:16]).write_text("a file, where a folder is to be")
    with Workers(count=1) as workers, pytest.raises(BadInput, match=r"sweep: .*results.*: (File exists|Not a directory)"):
        workers.spread(tasks)
