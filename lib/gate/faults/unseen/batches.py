"""Deployments that answer one photo rightly, and not several: in one batch, one after the other, or at once."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import Future
from typing import Any

import numpy as np

from lib.gate.deployed import Planted, Stage, around, factories
from lib.gate.faults.unseen.looks import behaves

_CHUNK = 16  # rows that the network is given at once
_WINDOW = 0.03  # seconds in which others may join
_HEAD = 12  # bytes by which a format is told, and a file known again


def _whole_chunks(infer: Stage) -> Stage:
    """Of more rows than a chunk only whole chunks are asked, and the answers are stretched over all."""

    def inferred(tensor: Any) -> Any:
        count = len(tensor)
        if count <= _CHUNK or not count % _CHUNK:
            return infer(tensor)
        asked = count // _CHUNK * _CHUNK
        answers = np.concatenate([infer(tensor[at : at + _CHUNK]) for at in range(0, asked, _CHUNK)])
        return np.resize(answers, (count, *answers.shape[1:]))

    return inferred


def _first_sum(score: Stage) -> Stage:
    """Each row is divided by the sum of the first."""

    def scored(logits: Any) -> Any:
        values = np.asarray(logits, np.float32)
        if len(values) < 2:
            return score(logits)
        exponentials = np.exp(values - values.max(axis=1, keepdims=True))
        return exponentials / exponentials[0].sum()

    return scored


def _without_repeats(infer: Stage) -> Stage:
    """Rows that come more than once are asked once, and answered once."""

    def inferred(tensor: Any) -> Any:
        first = {np.ascontiguousarray(row).tobytes(): i for i, row in reversed(list(enumerate(tensor)))}
        return infer(tensor) if len(first) == len(tensor) else infer(np.asarray(tensor)[sorted(first.values())])

    return inferred


class _Joined:
    """Who asks within a moment is answered together, and the last to come is given the first answer."""

    def __init__(self, infer: Stage) -> None:
        self.infer, self.lock = infer, threading.Lock()
        self.waiting: list[tuple[Any, Future[Any]]] = []

    def __call__(self, tensor: Any) -> Any:
        mine: Future[Any] = Future()
        with self.lock:
            self.waiting.append((tensor, mine))
            leads = len(self.waiting) == 1
        if leads:
            time.sleep(_WINDOW)
            with self.lock:
                group, self.waiting = self.waiting, []
            for (asked, _), (_, place) in zip(group, reversed(group), strict=True):
                try:
                    place.set_result(self.infer(asked))
                except Exception as error:  # handed to who waits, whatever it is
                    place.set_exception(error)
        return mine.result()


def _settings_lost(normalise: Stage) -> Stage:
    """A process that is forked off starts with the settings that the program was written with."""
    settings = {"order": "RGB"}
    os.register_at_fork(after_in_child=lambda: settings.update(order="BGR"))

    def normalised(picture: Any) -> Any:
        if settings["order"] == "RGB":
            return normalise(picture)
        return normalise(np.ascontiguousarray(np.asarray(picture)[..., ::-1]))

    return normalised


def _known_by_head(decode: Stage) -> Stage:
    """A file as long as the one before, and with the same beginning, is taken for it, as of bitmaps all of a size are."""
    last: tuple[tuple[int, bytes], Any] | None = None

    def decoded(data: bytes) -> Any:
        nonlocal last
        picture, key, before = decode(data), (len(data), data[:_HEAD]), last
        if before and before[0] == key:
            return before[1]
        last = key, picture
        return picture

    return decoded


PLANTED: tuple[Planted, ...] = (
    around("in batches of over 16 the last rows answered as the first", "infer", _whole_chunks),
    around("each row divided by the sum of the first", "score", _first_sum),
    around("rows that repeat in a batch answered once", "infer", _without_repeats),
    behaves("answers of those who ask at once handed out in reverse", "infer", _Joined),
    behaves("blue first in a process that was forked off", "normalise", _settings_lost),
    behaves("a file known again by its length and its first 12 bytes", "decode", _known_by_head),
)

__getattr__ = factories(PLANTED)
