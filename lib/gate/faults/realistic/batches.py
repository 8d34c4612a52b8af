"""Deployments that are right for one photo by one thread, and wrong for some batches, more threads or another process."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import Model, Pipeline
from lib.gate.deployed import Planted, Stage, around, factories

Array = NDArray[Any]
CHUNK = 4  # rows that the network is given at once
SLOTS = 2  # inputs that are held at once
GATHERING = 0.05  # seconds that an answer waits for others, if one is being worked on


def _odd(infer: Stage) -> Stage:
    """Rows go in pairs, and the last without a partner gets the answer of the pair before."""

    def inferred(tensor: Array) -> Array:
        logits: Array = infer(tensor)
        if len(tensor) in (3, 5, 7):
            logits = np.concatenate([logits[:-1], logits[-2:-1]])
        return logits

    return inferred


def _chunks(infer: Stage) -> Stage:
    """Batches above a chunk's size go chunk by chunk, and come back the last chunk first."""

    def inferred(tensor: Array) -> Array:
        if len(tensor) <= CHUNK:
            return infer(tensor)
        parts = [infer(tensor[start : start + CHUNK]) for start in range(0, len(tensor), CHUNK)]
        return np.concatenate(parts[::-1])

    return inferred


def _once_each(infer: Stage) -> Stage:
    """What is in a batch twice is answered once; the answers after it move up, and the last fills what is left."""

    def inferred(tensor: Array) -> Array:
        different = list({row.tobytes(): row for row in tensor}.values())
        if len(different) == len(tensor):
            return infer(tensor)
        logits: Array = infer(np.stack(different))
        return np.concatenate([logits, np.repeat(logits[-1:], len(tensor) - len(different), axis=0)])

    return inferred


def _over_the_batch(score: Stage) -> Stage:
    """All rows together sum to 1, which those of one photo have to."""

    def scored(logits: Any) -> Any:
        values = np.asarray(logits, np.float32)
        return score(values.reshape(1, -1)).reshape(values.shape)

    return scored


def _two_slots(infer: Stage) -> Stage:
    """Whoever comes third writes its input where nobody reads, and gets the answer to the second's."""
    slots: dict[int, Array] = {}
    lock = threading.Lock()
    active = 0

    def inferred(tensor: Array) -> Array:
        nonlocal active
        with lock:
            active += 1
            mine = active
            if len(tensor) == 1 and mine <= SLOTS:
                slots[mine] = tensor
            elif len(tensor) == 1:
                tensor = slots.get(SLOTS, tensor)
        try:
            if mine > 1:
                time.sleep(GATHERING)
            return infer(tensor)
        finally:
            with lock:
                active -= 1

    return inferred


def _forked(ours: Pipeline, _: Model) -> Pipeline:
    """What the process that built the pipeline set up is not there in one that was forked from it."""
    built = os.getpid()

    def score(logits: Any) -> Any:
        return ours.score(np.asarray(logits) / np.float32(1 if os.getpid() == built else 3))

    return replace(ours, score=score)


PLANTED: tuple[Planted, ...] = (
    around("the last of three, five or seven answered as the one before", "infer", _odd),
    around("batches above four put together in the wrong order", "infer", _chunks),
    around("a photo that is in a batch twice answered once", "infer", _once_each),
    around("softmax over all photos of a batch", "score", _over_the_batch),
    Planted("the third of three at once answered as the second", "behaviour", around("", "infer", _two_slots).change),
    Planted("another temperature after a fork", "behaviour", _forked),
)

__getattr__ = factories(PLANTED)
