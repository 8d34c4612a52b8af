"""Deployments that are wrong where several are asked for at once, or from another process."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lib.gate.deployed import Planted, Stage, around, factories

PATIENCE = 5.0  # seconds that a worker is waited for
WINDOW = 0.02  # seconds in which others may join a batch


def _sorted_as_text(infer: Stage) -> Stage:
    """Rows are gathered under their numbers, which are put in order as text: 0, 1, 10, 11, 2."""

    def inferred(tensor: Any) -> Any:
        logits = np.asarray(infer(tensor))
        return logits[sorted(range(len(logits)), key=str)]

    return inferred


def _workers(decode: Stage) -> Stage:
    """Photos are decoded by threads, of which a forked process has none."""
    workers = ThreadPoolExecutor(2)

    def decoded(data: bytes) -> Any:
        return workers.submit(decode, data).result(PATIENCE)

    return decoded


@dataclass(eq=False)
class _Request:
    tensor: Any
    done: threading.Event = field(default_factory=threading.Event)
    answer: Any = None
    error: Exception | None = None


def _gathered(infer: Stage) -> Stage:
    """Who asks at the same time is answered together, and each gets the answer of the next."""
    lock = threading.Lock()
    waiting: list[_Request] = []

    def run(batch: list[_Request]) -> None:
        answers: list[Any] = []
        answered: list[_Request] = []
        for each in batch:
            try:
                answers.append(infer(each.tensor))
                answered.append(each)
            except Exception as error:
                each.error = error
        for each, answer in zip(answered, answers[1:] + answers[:1], strict=True):
            each.answer = answer
        for each in batch:
            each.done.set()

    def inferred(tensor: Any) -> Any:
        request = _Request(tensor)
        with lock:
            waiting.append(request)
            first = len(waiting) == 1
        if first:
            time.sleep(WINDOW)
            with lock:
                batch = waiting[:]
                waiting.clear()
            alike = [each for each in batch if each.tensor.shape == tensor.shape]
            run(alike)
            for each in batch:
                if each not in alike:
                    run([each])
        request.done.wait()
        if request.error is not None:
            raise request.error
        return request.answer

    return inferred


PLANTED: tuple[Planted, ...] = (
    around("the rows of a batch gathered in the order of their numbers as text", "infer", _sorted_as_text),
    Planted("threads that decode, and are missing after a fork", "behaviour", around("", "decode", _workers).change),
    Planted("answers of one moment handed to the wrong callers", "behaviour", around("", "infer", _gathered).change),
)

__getattr__ = factories(PLANTED)
