"""The network asked in other batches, and by way of queues and of other threads."""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.gate.deployed import Planted, Stage, factories
from lib.gate.harmless.helpers import PerProcess, wrapped

Array = NDArray[Any]
MICRO = 4  # inputs
THREADS = 2


# ---- batches


def _micro_batches(infer: Stage) -> Stage:
    return lambda tensor: np.concatenate([infer(tensor[i : i + MICRO]) for i in range(0, len(tensor), MICRO)])


def _halves(infer: Stage) -> Stage:
    def inferred(tensor: Array) -> Any:
        if len(tensor) < 2:
            return infer(tensor)
        return np.vstack([inferred(tensor[: len(tensor) // 2]), inferred(tensor[len(tensor) // 2 :])])

    return inferred


def _rows_in_a_pool(infer: Stage) -> Stage:
    """The inputs of a batch beside each other."""
    pool = PerProcess(lambda: ThreadPoolExecutor(THREADS))

    def inferred(tensor: Array) -> Any:
        return np.concatenate(list(pool().map(infer, np.split(tensor, len(tensor)))))

    return inferred


def _rows_into_one_array(infer: Stage) -> Stage:
    def inferred(tensor: Array) -> Any:
        first = infer(tensor[:1])
        logits = np.empty((len(tensor), first.shape[1]), np.float32)
        logits[:1] = first
        for i in range(1, len(tensor)):
            logits[i : i + 1] = infer(tensor[i : i + 1])
        return logits

    return inferred


# ---- queues and threads

_Asked = tuple[Any, "Future[Any]"]


def _one_by_one(asked: queue.Queue[_Asked | None], infer: Stage) -> None:
    while (each := asked.get()) is not None:
        value, future = each
        try:
            future.set_result(infer(value))
        except BaseException as error:
            future.set_exception(error)
        del each, value, future  # or the last photo is kept until the next one comes


def _gathered(asked: queue.Queue[_Asked | None], infer: Stage) -> None:
    """What waits is answered at once, inputs of one shape in one batch of four at most."""
    ended = False
    while not ended:
        waiting = [asked.get()]
        while len(waiting) < MICRO and not asked.empty():
            waiting.append(asked.get())
        ended = None in waiting
        alike: dict[object, list[_Asked]] = {}
        for each in waiting:
            if each is not None:
                alike.setdefault((each[0].shape[1:], each[0].dtype), []).append(each)
        for those in alike.values():
            _answer(those, infer)
        waiting.clear()


def _answer(those: list[_Asked], infer: Stage) -> None:
    try:
        logits = infer(np.concatenate([tensor for tensor, _ in those]))
    except BaseException as error:
        for _, future in those:
            future.set_exception(error)
        return
    start = 0
    for tensor, future in those:
        future.set_result(np.array(logits[start : start + len(tensor)]))
        start += len(tensor)


class _Worker:
    """One thread that answers what is put into a queue, for as long as somebody may ask."""

    def __init__(self, work: Callable[[queue.Queue[_Asked | None], Stage], None], infer: Stage) -> None:
        self._asked: queue.Queue[_Asked | None] = queue.Queue()
        threading.Thread(target=work, args=(self._asked, infer), daemon=True).start()
        weakref.finalize(self, self._asked.put, None)

    def ask(self, value: Any) -> Any:
        future: Future[Any] = Future()
        self._asked.put((value, future))
        return future.result()


def _by_worker(work: Callable[[queue.Queue[_Asked | None], Stage], None]) -> Callable[[Stage], Stage]:
    def change(infer: Stage) -> Stage:
        worker = PerProcess(lambda: _Worker(work, infer))
        return lambda tensor: worker().ask(tensor)

    return change


def _in_a_pool(infer: Stage) -> Stage:
    pool = PerProcess(lambda: ThreadPoolExecutor(THREADS))
    return lambda tensor: pool().submit(infer, tensor).result()


PLANTED: tuple[Planted, ...] = (
    wrapped("batches in parts of four", "infer", _micro_batches),
    wrapped("batches halved down to single inputs", "infer", _halves),
    wrapped("the inputs of a batch in a pool of two threads", "infer", _rows_in_a_pool),
    wrapped("batches input by input into one array", "infer", _rows_into_one_array),
    wrapped("a queue and one thread that answers", "infer", _by_worker(_one_by_one)),
    wrapped("inputs that wait gathered into batches", "infer", _by_worker(_gathered)),
    wrapped("the network in a pool of two threads", "infer", _in_a_pool),
)

__getattr__ = factories(PLANTED)
