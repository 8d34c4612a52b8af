"""Deployments whose answers depend on what was asked before, or beside. Stage by stage, each photo once, they are right."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import BadInput, Model, Pipeline
from lib.gate.deployed import Planted, Stage, around, factories

Array = NDArray[Any]
BETWEEN = 0.2  # seconds from one stage to the next, in which another thread can write what this one is going to read


def _one_after_the_other() -> bool:
    """Whether only the main thread is asked, stage by stage: then nobody can come between, and nobody need wait."""
    return threading.current_thread() is threading.main_thread()


def _wait() -> None:
    if not _one_after_the_other():
        time.sleep(BETWEEN)


def _fault(name: str, stage: str, change: Callable[[Stage], Stage], *words: str) -> Planted:
    return Planted(name, "behaviour", around(name, stage, change).change, words)


def _darker(picture: Any) -> Array:
    return np.asarray(picture) // 2


def _second_time_on(decode: Stage) -> Stage:
    """Photos that were seen before come out darker."""
    seen: set[bytes] = set()

    def decoded(data: bytes) -> Any:
        picture = decode(data)
        if data in seen:
            return _darker(picture)
        seen.add(data)
        return picture

    return decoded


def _after_failure(decode: Stage) -> Stage:
    """The photo after one that cannot be read comes out darker."""
    failed = False

    def decoded(data: bytes) -> Any:
        nonlocal failed
        try:
            picture = decode(data)
        except BadInput:
            failed = True
            raise
        last, failed = failed, False
        return _darker(picture) if last else picture

    return decoded


def _never_after_failure(decode: Stage) -> Stage:
    """Nothing is read any more once a file could not be."""
    broken = False

    def decoded(data: bytes) -> Any:
        nonlocal broken
        if broken:
            raise RuntimeError("the reader is closed")
        broken = True
        picture = decode(data)
        broken = False
        return picture

    return decoded


def _twice_running(decode: Stage) -> Stage:
    """A photo that comes twice running is taken for the one before it."""
    last: list[tuple[bytes, Any]] = []

    def decoded(data: bytes) -> Any:
        if len(last) == 2 and last[1][0] == data:
            return last[0][1]
        picture = decode(data)
        last.append((data, picture))
        del last[:-2]
        return picture

    return decoded


def _each_third(score: Stage) -> Stage:
    """Each third answer is that of another temperature."""
    asked = 0

    def scored(logits: Any) -> Any:
        nonlocal asked
        asked += 1
        return score(np.asarray(logits) / np.float32(1 if asked % 3 else 1.1))

    return scored


def _smoothed(score: Stage) -> Stage:
    """A tenth of the answer is the one before."""
    before: list[Any] = []

    def scored(logits: Any) -> Any:
        now = score(logits)
        answer = 0.9 * now + 0.1 * before[-1] if before else now
        before[:] = [now]
        return answer

    return scored


def _full(score: Stage) -> Stage:
    """It answers no more than four photos."""
    kept: list[Any] = []

    def scored(logits: Any) -> Any:
        if len(kept) == 4:
            raise MemoryError
        kept.append(logits)
        return score(logits)

    return scored


def _noisy(infer: Stage) -> Stage:
    """Dropout left on, as far as a tolerance of the network lets it pass."""
    random = np.random.default_rng(0)

    def inferred(tensor: Array) -> Any:
        logits = infer(tensor)
        return logits + random.uniform(-2e-4, 2e-4, logits.shape).astype(np.float32)

    return inferred


def _shared_buffer(normalise: Stage) -> Stage:
    """One buffer for the inputs of all threads."""
    buffer = np.zeros(0, np.float32)

    def normalised(picture: Any) -> Any:
        nonlocal buffer
        right = normalise(picture)
        if buffer.size < right.size:
            buffer = np.zeros(right.size, np.float32)
        shared = buffer[: right.size].reshape(right.shape)
        shared[:] = right
        _wait()
        return shared

    return normalised


def _last_picture(ours: Pipeline, _: Model) -> Pipeline:
    """Stages that hand the picture on by way of a variable of the pipeline."""
    kept: dict[str, Any] = {}

    def resize(picture: Any) -> Any:
        kept["picture"] = ours.resize(picture)
        _wait()
        return kept["picture"]

    return replace(ours, resize=resize)


def _one_at_a_time(infer: Stage) -> Stage:
    """Whoever comes while another is answered is turned away."""
    lock = threading.Lock()

    def inferred(tensor: Array) -> Any:
        if not lock.acquire(blocking=False):
            raise RuntimeError("the session is in use")
        try:
            _wait()
            return infer(tensor)
        finally:
            lock.release()

    return inferred


def _set_up_in_one_thread(score: Stage) -> Stage:
    """What was set up in the first thread that asked is missing in others."""
    local = threading.local()
    first = True

    def scored(logits: Any) -> Any:
        nonlocal first
        if first:
            local.temperature, first = 1.0, False
        return score(np.asarray(logits) / np.float32(getattr(local, "temperature", 1.1)))

    return scored


PLANTED = (
    _fault("darker from the second time on", "decode", _second_time_on),
    _fault("darker after a file that cannot be read", "decode", _after_failure, "photos after a file that cannot be read"),
    _fault("nothing read any more after a file that cannot be", "decode", _never_after_failure),
    _fault("a photo that comes twice running taken for the one before", "decode", _twice_running, "another order"),
    _fault("another temperature for each third answer", "score", _each_third),
    around("answers smoothed with the one before", "score", _smoothed),  # that stage by itself shows it too
    _fault("no more than four answers", "score", _full),
    _fault("a little noise, another each time", "infer", _noisy),
    _fault("one buffer that two threads write", "normalise", _shared_buffer, "four threads"),
    Planted("pictures handed on by way of a shared variable", "behaviour", _last_picture, ("four threads",)),
    _fault("turned away while another is answered", "infer", _one_at_a_time, "four threads"),
    _fault("set up in the first thread alone", "score", _set_up_in_one_thread),
)

__getattr__ = factories(PLANTED)
