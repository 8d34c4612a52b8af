"""Deployments that are right, written as services are, with numpy, Pillow and onnxruntime alone.

Here is what they do beside answering; how they read, queue and set up ONNX Runtime is in the modules beside.
"""

from __future__ import annotations

import gc
import itertools
import logging
import tempfile
import threading
import time
import weakref
from collections import Counter, deque
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.deploy import STAGES, BadInput, Model, Pipeline
from lib.deploy.stages import logits_of, preprocessing
from lib.gate.deployed import Planted, Stage, factories
from lib.gate.harmless import decode_variants, queues_variants, sessions_variants
from lib.gate.harmless.helpers import Kept, each_stage, wrapped

Array = NDArray[Any]
TOGETHER = 2
REMEMBERED = 64  # answers
TIMES = 100  # of each stage
COLLECTED = 50  # calls
LONGEST_LOG = 1_000_000  # characters

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())


# ---- what is limited and remembered


def _two_at_a_time(_: str, right: Stage) -> Stage:
    places = threading.BoundedSemaphore(TOGETHER)

    def stage(value: Any) -> Any:
        with places:
            return right(value)

    return stage


def _remembered(infer: Stage) -> Stage:
    kept: Kept[Array] = Kept(REMEMBERED)

    def inferred(tensor: Array) -> Any:
        key = sha256(repr((tensor.shape, tensor.dtype)).encode() + tensor.tobytes()).digest()
        logits = kept.get(key)
        if logits is None:
            logits = np.array(infer(tensor))
            kept.put(key, logits, len(logits))
        return logits.copy()

    return inferred


# ---- what is written down


def _logged(name: str, right: Stage) -> Stage:
    def stage(value: Any) -> Any:
        try:
            made = right(value)
        except Exception:
            _log.info("%s failed", name, exc_info=True)
            raise
        _log.info("%s gave %s", name, type(made).__name__)
        return made

    return stage


class _Bounded(logging.StreamHandler[IO[str]]):
    """A log file without a name, begun anew where it would be too long."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # closed with the handler
        weakref.finalize(self, self._file.close)
        super().__init__(self._file)

    def emit(self, record: logging.LogRecord) -> None:
        if self._file.tell() > LONGEST_LOG:
            self._file.seek(0)
            self._file.truncate()
        super().emit(record)


def _written_down(infer: Stage) -> Stage:
    log = logging.Logger("answers", logging.INFO)
    log.addHandler(_Bounded())

    def inferred(tensor: Array) -> Any:
        logits = infer(tensor)
        log.info("%s: %s", tensor.shape, np.argmax(logits, axis=1).tolist())
        return logits

    return inferred


class _Metrics:
    """Counters, and the last times of each stage."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.counts: Counter[tuple[str, str]] = Counter()
        self.times = {name: deque[float](maxlen=TIMES) for name in STAGES}

    def around(self, name: str, right: Stage) -> Stage:
        def stage(value: Any) -> Any:
            started, ended = time.perf_counter(), "failed"
            try:
                made = right(value)
                ended = "answered"
                return made
            finally:
                with self._lock:
                    self.counts[name, ended] += 1
                    self.times[name].append(time.perf_counter() - started)

        return stage


def _measured(ours: Pipeline, _: Model) -> Pipeline:
    metrics = _Metrics()
    return Pipeline(**{name: metrics.around(name, getattr(ours, name)) for name in STAGES})


# ---- what is tried and checked


def _tried_again(_: str, right: Stage) -> Stage:
    """Once more after any failure that is not the photo's."""

    def stage(value: Any) -> Any:
        try:
            return right(value)
        except BadInput:
            raise
        except Exception:
            return right(value)

    return stage


def _asserted(name: str, right: Stage) -> Stage:
    def stage(value: Any) -> Any:
        made = right(value)
        levels = np.asarray(made)
        if name in ("decode", "resize"):
            assert levels.dtype == np.uint8
            assert levels.ndim == 3
            assert levels.shape[2] == 3
        elif name == "normalise":
            assert levels.dtype == np.float32
            assert levels.shape[:2] == (1, 3)
        else:
            assert levels.ndim == 2
            assert len(levels) == len(value)
        return made

    return stage


def _warmed_up(ours: Pipeline, model: Model) -> Pipeline:
    """Two answers that nobody asked for, before the first."""
    side = preprocessing(model.contract)[0].size
    grey = Image.new("RGB", (side, side), (127, 127, 127))
    for _ in range(2):
        ours.score(ours.infer(ours.normalise(ours.resize(grey))))
    return ours


def _collected(infer: Stage) -> Stage:
    calls = itertools.count(1)

    def inferred(tensor: Array) -> Any:
        logits = infer(tensor)
        if next(calls) % COLLECTED == 0:
            gc.collect()
        return logits

    return inferred


# ---- how it is laid out


def _copied(_: str, right: Stage) -> Stage:
    """Nothing that is handed over is anybody else's."""

    def stage(value: Any) -> Any:
        made = right(value if isinstance(value, bytes) else np.array(value))
        return np.array(made)

    return stage


@dataclass(frozen=True)
class _Step:
    """A stage as an object."""

    name: str
    right: Stage = field(repr=False)

    def __call__(self, value: Any) -> Any:
        return self.right(value)


class _Service:
    """All stages as methods of one object."""

    def __init__(self, ours: Pipeline, model: Model) -> None:
        self._ours = ours
        self._session = model.session
        self._domain = model.domain

    def decode(self, data: bytes) -> Any:
        return self._ours.decode(data)

    def resize(self, picture: Any) -> Any:
        return self._ours.resize(picture)

    def normalise(self, picture: Any) -> Any:
        return self._ours.normalise(picture)

    def infer(self, tensor: Any) -> Any:
        self._domain.require(tensor.shape[3], tensor.shape[2])
        return logits_of(self._session, tensor)

    def score(self, logits: Any) -> Any:
        return self._ours.score(logits)


def _methods(ours: Pipeline, model: Model) -> Pipeline:
    service = _Service(ours, model)
    return Pipeline(service.decode, service.resize, service.normalise, service.infer, service.score)


@dataclass(frozen=True)
class _Remembering(Pipeline):
    """A pipeline of a class of its own, which knows its last answers by the photos' SHA-256."""

    kept: Kept[Array] = field(default_factory=lambda: Kept(REMEMBERED), init=False, repr=False, compare=False)

    def __call__(self, data: bytes) -> Array:
        key = sha256(data).digest()
        answer = self.kept.get(key)
        if answer is None:
            answer = np.array(super().__call__(data))
            self.kept.put(key, answer)
        return answer.copy()


def _own_class(ours: Pipeline, _: Model) -> Pipeline:
    return _Remembering(**{name: getattr(ours, name) for name in STAGES})


def _called(value: Any, *, right: Stage) -> Any:
    return right(value)


def _rows_as_lists(infer: Stage) -> Stage:
    """Logits as they would go through JSON."""
    return lambda tensor: infer(tensor).tolist()


PLANTED: tuple[Planted, ...] = (
    each_stage("no more than two at a time in a stage", _two_at_a_time),
    wrapped("the last logits remembered by SHA-256", "infer", _remembered),
    each_stage("a line to a logger after each stage", _logged),
    wrapped("each answer written to a file that was opened once", "infer", _written_down),
    Planted("calls counted and timed", "", _measured),
    each_stage("tried again once after a failure", _tried_again),
    each_stage("shapes asserted after each stage", _asserted),
    Planted("warmed up before the first answer", "", _warmed_up),
    wrapped("garbage collected every fifty answers", "infer", _collected),
    each_stage("everything copied between stages", _copied),
    each_stage("stages as objects of a class", _Step),
    Planted("stages as methods of one object", "", _methods),
    Planted("a pipeline of a class that remembers answers", "", _own_class),
    each_stage("stages as partial functions", lambda _, right: partial(_called, right=right)),
    wrapped("logits given as lists", "infer", _rows_as_lists),
    *queues_variants.PLANTED,
    *sessions_variants.PLANTED,
    *decode_variants.PLANTED,
)

__getattr__ = factories(PLANTED)
