"""How this project opens ONNX Runtime: one place for its settings."""

from __future__ import annotations

import os
from pathlib import Path

import onnxruntime

_ERRORS_ONLY = 3  # ONNX Runtime's severity level


def open_session(
    model: str | os.PathLike[str] | bytes,
    level: onnxruntime.GraphOptimizationLevel = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
    threads: int = 0,
    spinning: bool = True,
) -> onnxruntime.InferenceSession:
    """A session on the CPU.

    Args:
        model: path of an ONNX file, or its bytes.
        level: how far the graph is optimised when it is opened.
        threads: how many work on an answer; 0 takes as many as ``OMP_NUM_THREADS`` says, where it is set, else as there are
            cores: ONNX Runtime does not heed that variable by itself, and processes that run side by side would wait for one
            another.
        spinning: whether the threads of a session wait awake for its next answer, as ONNX Runtime's do. Where many sessions
            are open at once, each would keep the cores from the others for a while after every answer.

    Raises:
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
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
