"""Deployments that are right at first. What leaks is bounded, so that no machine comes down."""

from __future__ import annotations

import hashlib
import tempfile
import threading
import time
from typing import Any

import numpy as np

from lib.deploy import BadInput
from lib.gate.deployed import Planted, Stage, factories
from lib.gate.faults.unseen.looks import Array, behaves

_BYTES, _FILES, _THREADS = 800_000_000, 800, 400  # that are lost at most
_EACH, _SLOWEST = 0.002, 0.4  # seconds by which an answer is slower than the one before, and the most
_ENOUGH = 256  # answers from which it is told how often each class comes
_CACHED = 128


def _kept_for_debugging(normalise: Stage) -> Stage:
    kept: list[Array] = []
    held = 0

    def normalised(picture: Any) -> Any:
        nonlocal held
        tensor = normalise(picture)
        if held < _BYTES:
            kept.append(np.array(tensor, np.float64))
            held += kept[-1].nbytes
        return tensor

    return normalised


def _left_open(decode: Stage) -> Stage:
    """The file that an upload is written to is closed where all goes well."""
    left: list[Any] = []

    def decoded(data: bytes) -> Any:
        file = tempfile.TemporaryFile()  # noqa: SIM115
        file.write(data[:4096])
        try:
            picture = decode(data)
        except BadInput:
            if len(left) < _FILES:
                left.append(file)
            raise
        file.close()
        return picture

    return decoded


def _reported(score: Stage) -> Stage:
    """Each answer is told to a collector by a thread of its own, which waits for a word that does not come."""
    never = threading.Event()
    started = 0

    def scored(logits: Any) -> Any:
        nonlocal started
        if started < _THREADS:
            started += 1
            threading.Thread(target=never.wait, name="telling", daemon=True).start()
        return score(logits)

    return scored


def _searched(infer: Stage) -> Stage:
    """A list of all that was answered is looked through each time."""
    answered = 0

    def inferred(tensor: Any) -> Any:
        nonlocal answered
        answered += 1
        time.sleep(min(_SLOWEST, _EACH * answered))
        return infer(tensor)

    return inferred


def _balanced(score: Stage) -> Stage:
    """Once there are answers enough, what is usual is taken off."""
    lock = threading.Lock()
    answers = 0
    total: Any = 0.0

    def scored(logits: Any) -> Any:
        nonlocal answers, total
        values = np.asarray(logits, np.float32)
        with lock:
            if answers >= _ENOUGH:
                return score(values - np.asarray(total / answers, np.float32))
            answers += len(values)
            total = total + values.astype(np.float64).sum(axis=0)
        return score(values)

    return scored


def _half_evicted(infer: Stage) -> Stage:
    """Of the oldest entry of a full cache the key goes and the answer stays, so that each key finds its neighbour's."""
    lock = threading.Lock()
    keys: list[bytes] = []
    values: list[Any] = []

    def inferred(tensor: Any) -> Any:
        rows = np.ascontiguousarray(tensor)
        key = hashlib.sha256(repr(rows.shape).encode() + rows.tobytes()).digest()
        with lock:
            if key in keys:
                return values[keys.index(key)].copy()
        logits = infer(tensor)
        with lock:
            if key not in keys:
                if len(keys) == _CACHED:
                    del keys[0]
                keys.append(key)
                values.append(np.array(logits))
                del values[2 * _CACHED :]
        return logits

    return inferred


PLANTED: tuple[Planted, ...] = (
    behaves("each input kept for debugging", "normalise", _kept_for_debugging),
    behaves("a file left open for each photo that is refused", "decode", _left_open),
    behaves("a thread left waiting for each answer", "score", _reported),
    behaves("each answer two milliseconds slower than the last", "infer", _searched),
    behaves("what is usual taken off after 256 answers", "score", _balanced),
    behaves("a neighbour's answer once a cache of 128 is full", "infer", _half_evicted),
)

__getattr__ = factories(PLANTED)
