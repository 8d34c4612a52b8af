"""Deployments that get worse the longer they run."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from typing import Any

import numpy as np

from lib.gate.deployed import Planted, Stage, around, factories

THREADS = 400  # that are left behind at most
HOUR = 3600.0
EACH = 0.002  # seconds that an answer is slower for each one before it
SLOWEST = 0.4
SLOTS = 100


def _fault(name: str, stage: str, change: Any) -> Planted:
    return Planted(name, "behaviour", around(name, stage, change).change)


def _watchdogs(infer: Stage) -> Stage:
    """Each call sets an alarm that nobody takes back."""
    calls = itertools.count()

    def inferred(tensor: Any) -> Any:
        if next(calls) < THREADS:
            alarm = threading.Timer(HOUR, lambda: None)
            alarm.daemon = True
            alarm.start()
        return infer(tensor)

    return inferred


def _slower(score: Stage) -> Stage:
    """All earlier answers are gone through before the next."""
    calls = itertools.count()

    def scored(logits: Any) -> Any:
        time.sleep(min(SLOWEST, EACH * next(calls)))
        return score(logits)

    return scored


def _full_cache(infer: Stage) -> Stage:
    """When all slots are taken the oldest is used again, and who had it before still finds it."""
    lock = threading.Lock()
    slot_of: dict[bytes, int] = {}
    slots: list[Any] = []
    taken = itertools.count()

    def inferred(tensor: Any) -> Any:
        values = np.ascontiguousarray(tensor)
        key = hashlib.sha256(repr((values.shape, values.dtype)).encode() + values.tobytes()).digest()
        with lock:
            if key in slot_of:
                return slots[slot_of[key]].copy()
        logits = infer(tensor)
        with lock:
            slot_of[key] = at = next(taken) % SLOTS
            slots[at : at + 1] = [np.array(logits)]
        return logits

    return inferred


PLANTED: tuple[Planted, ...] = (
    _fault("an alarm left running after each call", "infer", _watchdogs),
    _fault("slower with each answer that was given", "score", _slower),
    _fault("a slot of a full cache given away twice", "infer", _full_cache),
)

__getattr__ = factories(PLANTED)
