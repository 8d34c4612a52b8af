"""How this project opens ONNX Runtime: one place for its settings."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnxruntime

from .errors import BadInput, quoted

CPU = ("CPUExecutionProvider",)
# What answers: names of ONNX Runtime's execution providers, or pairs of a name and its options, the one to prefer first.
Providers = Sequence[str | tuple[str, dict[str, Any]]]

_ERRORS_ONLY = 3  # ONNX Runtime's severity level


def open_session(
    model: str | os.PathLike[str] | bytes,
    level: onnxruntime.GraphOptimizationLevel = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
    threads: int = 0,
    spinning: bool = True,
    providers: Providers = CPU,
) -> onnxruntime.InferenceSession:
    """A session, on the CPU unless something else is asked for.

    Args:
        model: path of an ONNX file, or its bytes.
        level: how far the graph is optimised when it is opened.
        threads: how many work on an answer; 0 takes as many as ``OMP_NUM_THREADS`` says, where it is set, else as there are
            cores: ONNX Runtime does not heed that variable by itself, and processes that run side by side would wait for one
            another.
        spinning: whether the threads of a session wait awake for its next answer, as ONNX Runtime's do. Where many sessions
            are open at once, each would keep the cores from the others for a while after every answer.
        providers: handed to ONNX Runtime as they are.

    Raises:
        BadInput: a provider cannot be had here. ONNX Runtime by itself would answer on the CPU with no more than a warning.
        Exception: ONNX Runtime's own classes, which share no base but this one.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.graph_optimization_level = level
    said = os.environ.get("OMP_NUM_THREADS", "")
    options.intra_op_num_threads = threads or (int(said) if said.isdecimal() else 0)
    if not spinning:
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = model if isinstance(model, bytes) else Path(model)
    names = _names(providers)
    _require(names, onnxruntime.get_available_providers(), "this onnxruntime")
    session = onnxruntime.InferenceSession(source, options, providers=list(providers))
    _require(names, session.get_providers(), "this machine")
    return session


def _names(providers: Providers) -> list[str]:
    try:
        names = [each if isinstance(each, str) else each[0] for each in providers]
    except (TypeError, LookupError):
        names = []
    if isinstance(providers, str) or not names:
        raise BadInput(f"providers: is {quoted(providers)}; it takes a list of ONNX Runtime's names, as in {list(CPU)}")
    return names


def _require(names: Sequence[str], there: Sequence[str], where: str) -> None:
    missing = [name for name in names if name not in there]
    if missing:
        raise BadInput(f"providers: {where} has no {quoted(missing[0])}; it has {', '.join(there)}")
