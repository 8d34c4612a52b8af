"""Deployments that are right at first, and grow, slow down or go wrong the longer they are asked."""

from __future__ import annotations

import hashlib
import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from lib.gate.deployed import Planted, Stage, around, factories

MOST = 800  # of what is leaked, so that the machine survives it
MEGABYTE = 1 << 20
SLOWER, SLOWEST = 0.002, 0.4  # seconds: more with each call, and at most
ENOUGH = 150  # photos after which statistics are trusted
RATE = 0.02  # of a photo in the statistics
PLACES = 64  # in the cache


def _fault(name: str, stage: str, change: Callable[[Stage], Stage]) -> Planted:
    return Planted(name, "behaviour", around(name, stage, change).change)


def _memory(normalise: Stage) -> Stage:
    """A copy of each input is kept in a log that nobody reads."""
    kept: list[bytearray] = []

    def normalised(picture: Any) -> Any:
        if len(kept) < MOST:
            kept.append(bytearray(b"\1" * MEGABYTE))
        return normalise(picture)

    return normalised


class _File:
    """An open file that its owner forgets, and closed with the deployment."""

    def __init__(self) -> None:
        self.descriptor = os.open(os.devnull, os.O_RDONLY)

    def __del__(self) -> None:
        os.close(self.descriptor)


def _files(decode: Stage) -> Stage:
    """Each photo leaves a file open."""
    kept: list[_File] = []

    def decoded(data: bytes) -> Any:
        if len(kept) < MOST:
            kept.append(_File())
        return decode(data)

    return decoded


def _threads(infer: Stage) -> Stage:
    """Each answer starts a thread that waits for work that never comes."""
    ended = threading.Event()
    started = 0

    def inferred(tensor: Any) -> Any:
        nonlocal started
        if started < MOST:
            started += 1
            threading.Thread(target=ended.wait, daemon=True).start()
        return infer(tensor)

    weakref.finalize(inferred, ended.set)
    return inferred


def _slower(score: Stage) -> Stage:
    """A history is gone through with each answer, and grows by it."""
    asked = 0

    def scored(logits: Any) -> Any:
        nonlocal asked
        asked += 1
        time.sleep(min(SLOWER * asked, SLOWEST))
        return score(logits)

    return scored


def _running_statistics(normalise: Stage) -> Stage:
    """Inputs are centred on what came before, a moving average, as soon as enough came."""
    mean: Any = np.zeros((1, 3, 1, 1), np.float32)
    seen = 0

    def normalised(picture: Any) -> Any:
        nonlocal mean, seen
        tensor = normalise(picture)
        seen += 1
        mean = mean + np.float32(RATE) * (tensor.mean(axis=(0, 2, 3), keepdims=True) - mean)
        return tensor - mean if seen > ENOUGH else tensor

    return normalised


def _evicted(infer: Stage) -> Stage:
    """Of a full cache the oldest key leaves, and the newest answer."""
    keys: list[bytes] = []
    answers: list[Any] = []
    lock = threading.Lock()

    def inferred(tensor: Any) -> Any:
        if len(tensor) != 1:
            return infer(tensor)
        key = hashlib.sha256(repr(tensor.shape).encode() + tensor.tobytes()).digest()
        with lock:
            if key in keys:
                return answers[keys.index(key)].copy()
        logits = infer(tensor)
        with lock:
            if key not in keys:
                if len(keys) == PLACES:
                    keys.pop(0)
                    answers.pop()
                keys.append(key)
                answers.append(logits.copy())
        return logits

    return inferred


PLANTED: tuple[Planted, ...] = (
    _fault("a megabyte kept of each photo", "normalise", _memory),
    _fault("a file left open for each photo", "decode", _files),
    _fault("a thread left waiting for each answer", "infer", _threads),
    _fault("each answer two milliseconds slower than the last", "score", _slower),
    _fault("inputs centred on a moving average after 150 photos", "normalise", _running_statistics),
    _fault("a cache of 64 answers whose keys and answers part when it is full", "infer", _evicted),
)

__getattr__ = factories(PLANTED)
