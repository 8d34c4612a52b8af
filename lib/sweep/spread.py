"""Tasks of a sweep on Dask's workers: processes here, or those of a scheduler somewhere else."""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any

import dask
from distributed import CancelledError, Client, Future, KilledWorker, LocalCluster, as_completed, get_worker
from distributed.versions import VersionMismatchWarning

from lib.deploy import BadInput
from lib.deploy.machine import threads
from lib.inputs.reading import one_line
from lib.sweep import versions
from lib.sweep.shard import Done, Refused, Task

IN_FLIGHT = 2  # tasks for each worker: one that it works on, and one that waits
TIMES = 5  # that one task is handed out again after its worker was lost; Dask itself has tried it more often by then
RETRIES = 2  # of a task that raised, by Dask: a file server may be away for a moment
PATIENCE = 60.0  # seconds without a scheduler, or without any worker, after which it is given up
CONNECT = 10.0  # seconds to find a scheduler at first
RUNNING = "running"  # what a client says of itself while it has its scheduler
POLL, LOOK = 0.02, 2.0  # seconds between looks at what came back, and at how many workers there are

# Else the thread pools of two workers fight over the cores.
ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
SETTINGS = {
    # Dask has workers give memory back at once that they ask for again at the next array, which costs a fifth of the time.
    "distributed.nanny.pre-spawn-environ": {"MALLOC_TRIM_THRESHOLD_": None},
    "distributed.worker.profile.enabled": False,  # it looks a hundred times a second what each thread does
}

# Called now and then, and after each task, with what is done so far, by its number.
Watch = Callable[[Mapping[int, Done]], None]


class _Lost(Exception):
    """The scheduler is gone."""


class Workers:
    """Dask's workers, for a ``with`` block.

    Args:
        scheduler: address of a Dask scheduler, as ``tcp://host:8786``; empty starts a worker process for each core here, which
            ends with the block.
        count: how many are started here; 0 takes as many as there are cores to be used.

    Attributes:
        lacking: packages of :data:`lib.sweep.versions.PACKAGES` that some worker does not have.

    Raises:
        BadInput: there is no scheduler, it has no worker, or a worker has not even this project.
    """

    def __init__(self, scheduler: str = "", count: int = 0) -> None:
        self._scheduler = scheduler
        self._cluster = None if scheduler else _here(count or threads())
        self._client = self._connected()
        try:
            self.lacking = frozenset(name for found in self._versions() for name, version in found.items() if not version)
        except _Lost:
            self._close()
            raise BadInput(f"scheduler {scheduler}: went away") from None
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        _closed(self._client)
        if self._cluster is not None:
            self._cluster.close()

    def spread(self, tasks: Iterable[Task], watch: Watch = lambda done: None) -> list[Done]:
        """Run tasks, a bounded number at a time, and give what each did, in their order.

        A task whose worker is lost is run again elsewhere, and so are all that were out when the scheduler was lost. One that
        is computed twice is counted once, since its number stays.

        Args:
            tasks: read one after another, as workers become free.
            watch: told of the progress.

        Raises:
            BadInput: scheduler or workers went away and did not come back, a worker is of another version or does not see the
                same files, or there is no room. What was computed stays.
        """
        waiting, done = _Waiting(tasks), dict[int, Done]()
        while True:
            try:
                _run(self._client, waiting, done, watch)
                return [done[number] for number in sorted(done)]
            except _Lost:
                waiting.again()
                _closed(self._client)
                self._client = self._found_again(done)

    def _found_again(self, done: Mapping[int, Done]) -> Client:
        given_up = time.monotonic() + PATIENCE
        while True:
            try:
                return self._connected()
            except BadInput:
                if time.monotonic() > given_up:
                    raise BadInput(f"scheduler {self._scheduler}: went away, and did not come back; {_kept(done)}") from None
                time.sleep(1)

    def _connected(self) -> Client:
        if self._cluster is not None:
            return Client(self._cluster, set_as_default=False)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", VersionMismatchWarning)  # each task holds its worker to what numbers depend on
                return Client(self._scheduler, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:  # a TimeoutError is the former, an address that is none the latter
            raise BadInput(
                f"scheduler {self._scheduler}: {one_line(error)}; start one with 'dask scheduler' and name it as tcp://host:8786"
            ) from None

    def _versions(self) -> list[dict[str, str]]:
        """Of each worker that there is, what it has."""
        given_up = time.monotonic() + PATIENCE
        while not _workers(self._client):
            if time.monotonic() > given_up:
                raise BadInput(f"scheduler {self._scheduler}: has no worker; start some with 'dask worker {self._scheduler}'")
            time.sleep(POLL)
        found = self._client.run(versions.here, on_error="return")
        for worker, said in found.items():
            if isinstance(said, BaseException):
                raise BadInput(
                    f"worker {worker}: cannot import {versions.WORKBOOK}: {one_line(said)}; install it there"
                ) from None
        return list(found.values())


class _Waiting:
    """Tasks with their numbers: those to be handed out again first, then new ones."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._new = enumerate(tasks)
        self._again: deque[tuple[int, Task, int]] = deque()
        self.out: dict[Future[Any], tuple[int, Task, int]] = {}

    def next(self) -> tuple[int, Task, int] | None:
        """Number, task, and how often it was handed out before."""
        if self._again:
            return self._again.popleft()
        number, task = next(self._new, (0, None))
        return None if task is None else (number, task, 0)

    def back(self, task: tuple[int, Task, int]) -> None:
        """One that was not handed out after all."""
        self._again.appendleft(task)

    def again(self, future: Future[Any] | None = None, times: int = 0) -> None:
        """One task, or all that are out, will be handed out again; ``times`` more that it counts as tried."""
        for each in [future] if future is not None else list(self.out):
            number, task, tried = self.out.pop(each)
            self._again.append((number, task, tried + times))


def _run(client: Client, waiting: _Waiting, done: dict[int, Done], watch: Watch) -> None:
    session = uuid.uuid4().hex[:12]  # another sweep on the same scheduler has tasks of other names
    completed, workers, looked, seen = as_completed([], loop=client.loop), 0, 0.0, time.monotonic()

    def hand_out() -> bool:
        following = waiting.next()
        if following is None:
            return False
        number, task, tried = following
        try:
            future = client.submit(_task, task, key=f"{session}-{number}-{tried}", pure=False, retries=RETRIES)
        except Exception:  # of many kinds, where the scheduler went away
            waiting.back(following)
            if client.status == RUNNING:
                raise
            raise _Lost from None
        waiting.out[future] = following
        completed.add(future)
        return True

    while True:
        now = time.monotonic()
        if now - looked > LOOK:
            workers, looked = _workers(client), now
        seen = now if workers else seen
        if now - seen > PATIENCE:
            raise BadInput(f"sweep: there has been no worker for {PATIENCE:.0f} s; {_kept(done)}")
        while len(waiting.out) < IN_FLIGHT * max(1, workers) and hand_out():
            pass
        if not waiting.out:
            return
        watch(done)
        if not completed.has_ready():
            time.sleep(POLL)
            continue
        _take(client, next(completed), waiting, done)


def _take(client: Client, future: Future[Any], waiting: _Waiting, done: dict[int, Done]) -> None:
    number, task, tried = waiting.out[future]
    try:
        outcome = future.result()
    except CancelledError:
        raise _Lost from None
    except KilledWorker:
        if tried >= TIMES:
            raise BadInput(
                f"sweep: workers keep ending while they have {task.paths[0]} and what follows in hand; {_kept(done)}"
            ) from None
        waiting.again(future, 1)
        return
    except OSError as error:
        if client.status != RUNNING:
            raise _Lost from None
        raise BadInput(f"sweep: {error.filename or task.results}: {error.strerror or one_line(error)}; {_kept(done)}") from None
    except ModuleNotFoundError as error:
        raise BadInput(f"a worker has no {error.name}: install the same versions there; {_kept(done)}") from None
    if isinstance(outcome, Refused):
        raise BadInput(f"{outcome.why}; {_kept(done)}")
    done[number] = outcome
    del waiting.out[future]


def _workers(client: Client) -> int:
    """How many threads of workers there are."""
    try:
        return sum(client.nthreads().values())
    except (OSError, RuntimeError, ValueError, CancelledError):
        raise _Lost from None


def _here(count: int) -> LocalCluster:
    """Worker processes of this machine alone: others on it, who could hand them any code, lack the certificate."""
    with dask.config.set(SETTINGS):
        return LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            host="127.0.0.1",
            protocol="tls",
            security=True,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
            env=dict.fromkeys(ONE_THREAD, "1"),
        )


def _closed(client: Client) -> None:
    with contextlib.suppress(OSError, RuntimeError, TimeoutError):
        client.close(timeout=CONNECT)


def _task(task: Task) -> Done | Refused:
    """On a worker."""
    warnings.filterwarnings("ignore", module="PIL")  # what Pillow says of damage is no news: the photo's error is kept
    outcome = task.run()
    return replace(outcome, why=f"worker {get_worker().address}: {outcome.why}") if isinstance(outcome, Refused) else outcome


def _kept(done: Mapping[int, Done]) -> str:
    photos = sum(each.photos for each in done.values())
    return f"the numbers of {photos:,} photos are kept, and the same command goes on from there"
