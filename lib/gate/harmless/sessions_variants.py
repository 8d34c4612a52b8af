"""ONNX Runtime set up and asked in other ways than ours."""

from __future__ import annotations

import queue
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime import InferenceSession as Session

from lib.deploy import Model, machine
from lib.deploy.stages import logits_of
from lib.gate.deployed import Planted, Stage, factories
from lib.gate.harmless.helpers import PerProcess, network

Array = NDArray[Any]
LEVELS = onnxruntime.GraphOptimizationLevel
RENEWED = 100  # answers
POOL = 2  # sessions
PATIENCE = 60.0  # seconds


def _opened(source: Path | bytes, entries: dict[str, str] | None = None, **settings: Any) -> Session:
    """A session.

    Args:
        source: the file, or its bytes.
        entries: configuration entries.
        settings: attributes of the options.
    """
    options = onnxruntime.SessionOptions()
    for name, value in ({"log_severity_level": 4, "intra_op_num_threads": machine.threads()} | settings).items():
        setattr(options, name, value)
    for key, entry in ({"session.intra_op.allow_spinning": "0"} | (entries or {})).items():
        options.add_session_config_entry(key, entry)
    return Session(source, options, providers=["CPUExecutionProvider"])


def _of(session: Session) -> Stage:
    return lambda tensor: logits_of(session, tensor)


def _set(name: str, entries: dict[str, str] | None = None, **settings: Any) -> Planted:
    """Other options."""
    return network(name, lambda model: _of(_opened(model.path, entries, **settings)))


def _names(session: Session) -> tuple[str, str]:
    return session.get_inputs()[0].name, session.get_outputs()[0].name


# ---- other ways to load


def _from_bytes(model: Model) -> Stage:
    return _of(_opened(model.path.read_bytes()))


def _written(model: Model, name: str, level: onnxruntime.GraphOptimizationLevel, entries: dict[str, str]) -> bytes:
    """The graph as ONNX Runtime has optimised it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        _opened(model.path, entries, optimized_model_filepath=str(path), graph_optimization_level=level)
        return path.read_bytes()


def _optimised_before(model: Model) -> Stage:
    optimised = _written(model, "optimised.onnx", LEVELS.ORT_ENABLE_EXTENDED, {})
    return _of(_opened(optimised, graph_optimization_level=LEVELS.ORT_DISABLE_ALL))


def _own_format(model: Model) -> Stage:
    data = _written(model, "optimised.ort", LEVELS.ORT_ENABLE_BASIC, {"session.save_model_format": "ORT"})
    return _of(_opened(data, {"session.load_model_format": "ORT"}))


# ---- other ways to run


def _side_by_side(model: Model) -> Stage:
    """It waits for threads between nodes, which a fork does not take along."""
    mode = onnxruntime.ExecutionMode.ORT_PARALLEL
    opened = PerProcess(lambda: _opened(model.path, execution_mode=mode, inter_op_num_threads=2))
    return lambda tensor: logits_of(opened(), tensor)


def _shrunk(model: Model) -> Stage:
    session = _opened(model.path)
    name, output = _names(session)

    def run(tensor: Array) -> Any:
        options = onnxruntime.RunOptions()
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        return session.run([output], {name: tensor}, options)[0]

    return run


def _bound(model: Model) -> Stage:
    session = _opened(model.path)
    name, output = _names(session)

    def run(tensor: Array) -> Any:
        given = np.ascontiguousarray(tensor, np.float32)
        binding = session.io_binding()
        binding.bind_cpu_input(name, given)
        binding.bind_output(output)
        session.run_with_iobinding(binding)
        return binding.copy_outputs_to_cpu()[0]

    return run


class _IntoOwnMemory:
    """Logits written into memory of the thread, which the next answer takes again; what is given is a copy."""

    def __init__(self, model: Model) -> None:
        self._session = _opened(model.path)
        self._classes = len(model.classes)
        self._local = threading.local()

    def __call__(self, tensor: Array) -> Array:
        given = np.ascontiguousarray(tensor, np.float32)
        if len(getattr(self._local, "rows", ())) < len(given):
            self._local.rows = np.empty((len(given), self._classes), np.float32)
        rows: Array = self._local.rows[: len(given)]
        name, output = _names(self._session)
        binding = self._session.io_binding()
        binding.bind_cpu_input(name, given)
        binding.bind_output(output, "cpu", 0, np.float32, rows.shape, rows.ctypes.data)
        self._session.run_with_iobinding(binding)
        return rows.copy()


def _by_values(model: Model) -> Stage:
    session = _opened(model.path)
    name, output = _names(session)

    def run(tensor: Array) -> Any:
        value = onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(tensor, np.float32))
        return session.run_with_ort_values([output], {name: value})[0].numpy().copy()

    return run


def _awaited(model: Model) -> Stage:
    """Answered in a thread of ONNX Runtime's own, of which there have to be two."""
    opened = PerProcess(lambda: _opened(model.path, intra_op_num_threads=2))

    def run(tensor: Array) -> Any:
        session, done = opened(), threading.Event()
        name, output = _names(session)
        came: list[Any] = []

        def callback(results: Any, _: Any, error: str) -> None:
            came.extend((results, error))
            done.set()

        session.run_async([output], {name: np.ascontiguousarray(tensor, np.float32)}, callback, None)
        if not done.wait(PATIENCE):
            raise TimeoutError("no answer")
        if came[1]:
            raise RuntimeError(came[1])
        return came[0][0]

    return run


# ---- several sessions, of one thread each: these do not end with a fork


def _single(model: Model) -> Session:
    return _opened(model.path, intra_op_num_threads=1)


def _pool(model: Model) -> Stage:
    free: queue.LifoQueue[Session] = queue.LifoQueue()
    for _ in range(POOL):
        free.put(_single(model))

    def run(tensor: Array) -> Any:
        session = free.get()
        try:
            return logits_of(session, tensor)
        finally:
            free.put(session)

    return run


def _for_each_thread(model: Model) -> Stage:
    local = threading.local()

    def run(tensor: Array) -> Any:
        if not hasattr(local, "session"):
            local.session = _single(model)
        return logits_of(local.session, tensor)

    return run


def _at_first(model: Model) -> Stage:
    opened = PerProcess(lambda: _single(model))
    return lambda tensor: logits_of(opened(), tensor)


class _Renewed:
    """A session that is closed after some answers, as where memory is not trusted."""

    def __init__(self, model: Model) -> None:
        self._open: Callable[[], Session] = lambda: _single(model)
        self._lock = threading.Lock()
        self._session = self._open()
        self._answers = 0

    def __call__(self, tensor: Array) -> Array:
        with self._lock:
            if self._answers == RENEWED:
                self._session, self._answers = self._open(), 0
            self._answers += 1
            session = self._session
        return logits_of(session, tensor)


PLANTED: tuple[Planted, ...] = (
    network("nodes of the graph side by side", _side_by_side),
    _set("extended optimisation of the graph", graph_optimization_level=LEVELS.ORT_ENABLE_EXTENDED),
    _set("three threads on an answer", intra_op_num_threads=3),
    _set("no arena of memory", enable_cpu_mem_arena=False),
    _set("memory not planned in advance", enable_mem_pattern=False),
    _set("memory not used again within an answer", enable_mem_reuse=False),
    _set("deterministic computation asked for", use_deterministic_compute=True),
    _set("work cut into smaller blocks", {"session.dynamic_block_base": "4"}),
    _set("weights not packed in advance", {"session.disable_prepacking": "1"}),
    _set("weights kept outside of the arena", {"session.use_device_allocator_for_initializers": "1"}),
    _set(
        "options of a small container",
        intra_op_num_threads=1,
        inter_op_num_threads=1,
        execution_mode=onnxruntime.ExecutionMode.ORT_SEQUENTIAL,
        enable_cpu_mem_arena=False,
        enable_mem_pattern=False,
    ),
    network("network opened from bytes", _from_bytes),
    network("graph optimised before, and opened from bytes", _optimised_before),
    network("graph in ONNX Runtime's own format", _own_format),
    network("arena shrunk after each answer", _shrunk),
    network("input and output bound", _bound),
    network("logits bound to memory of the thread and copied", _IntoOwnMemory),
    network("values of ONNX Runtime in place of arrays", _by_values),
    network("answers awaited from ONNX Runtime's own threads", _awaited),
    network("a pool of two sessions", _pool),
    network("a session for each thread", _for_each_thread),
    network("session opened at the first answer", _at_first),
    network("session opened anew after a hundred answers", _Renewed),
)

__getattr__ = factories(PLANTED)
