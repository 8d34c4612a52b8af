"""How this project opens ONNX Runtime: one place for its settings."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import onnxruntime

from . import machine
from .errors import BadInput, quoted

CPU = ("CPUExecutionProvider",)
# What answers: names of ONNX Runtime's execution providers, or pairs of a name and its options, the one to prefer first.
Providers = Sequence[str | tuple[str, dict[str, Any]]]

MOST_THREADS = 1024

_FATAL = 4  # of ONNX Runtime's severity levels, those that end the process: what is less is raised, and need not be printed too
_RECORDING = "session.record_ep_graph_assignment_info"


def open_session(
    model: str | os.PathLike[str] | bytes,
    level: onnxruntime.GraphOptimizationLevel = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
    threads: int = 0,
    spinning: bool = False,
    providers: Providers = CPU,
) -> onnxruntime.InferenceSession:
    """A session, on the CPU unless something else is asked for.

    Args:
        model: path of an ONNX file, or its bytes.
        level: how far the graph is optimised when it is opened.
        threads: how many work on an answer; 0 takes as many as ``OMP_NUM_THREADS`` says, where it is set, else as there are
            cores that this process may use. ONNX Runtime by itself heeds neither the variable nor a container's quota.
        spinning: whether the threads of a session wait awake for their next piece of work, as ONNX Runtime's do by default.
            They keep the cores from other answers, other sessions and other processes meanwhile.
        providers: handed to ONNX Runtime as they are. The CPU answers only where it is named.

    Raises:
        BadInput: ``threads`` is no such number; or a provider cannot be had here, or cannot run all of the network. ONNX
            Runtime by itself would answer on the CPU with no more than a warning.
        Exception: ONNX Runtime's own classes, which share no base but this one.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _FATAL
    options.graph_optimization_level = level
    options.intra_op_num_threads = _threads(threads)
    if not spinning:
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = model if isinstance(model, bytes) else Path(model)
    chosen = _listed(providers)
    names = [each if isinstance(each, str) else each[0] for each in chosen]
    _require(names, onnxruntime.get_available_providers(), "this onnxruntime")
    if names != list(CPU):
        options.add_session_config_entry(_RECORDING, "1")
    if CPU[0] not in names:
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    try:
        session = onnxruntime.InferenceSession(source, options, providers=chosen, enable_fallback=0)
    except Exception as error:
        if re.search("fallback to (the )?CPU EP", str(error)):
            raise BadInput(
                f"providers: {', '.join(names)} cannot run all of this network; name {CPU[0]} last to let it do the rest"
            ) from None
        raise
    session.disable_fallback()  # of an answer; that of opening older versions have no switch for, and show by their providers
    _require(names, session.get_providers(), "this machine")
    return session


def answering(session: onnxruntime.InferenceSession) -> tuple[str, ...]:
    """Names of the providers that run some part of the network, in the order in which they were preferred.

    Before 1.24 ONNX Runtime does not tell the parts: these are then all that the session has.
    """
    names = tuple(session.get_providers())
    if names == CPU or not hasattr(session, "get_provider_graph_assignment_info"):
        return names
    busy = {part.ep_name for part in session.get_provider_graph_assignment_info()}
    return tuple(name for name in names if name in busy)


def _threads(threads: int) -> int:
    if type(threads) is not int or not 0 <= threads <= MOST_THREADS:
        raise BadInput(f"threads: is {quoted(threads)}; it takes a whole number, 0 to {MOST_THREADS}")
    return threads or machine.threads()


def _listed(providers: Providers) -> list[str | tuple[str, dict[str, Any]]]:
    given = [] if isinstance(providers, str | bytes | Mapping) or not isinstance(providers, Iterable) else list(providers)
    if not given or not all(_is_provider(each) for each in given):
        raise BadInput(f"providers: is {quoted(providers)}; it takes a list of ONNX Runtime's names, as in {list(CPU)}")
    return given


def _is_provider(given: object) -> bool:
    pair = isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], str) and isinstance(given[1], dict)
    return pair or isinstance(given, str)


def _require(names: Sequence[str], there: Sequence[str], where: str) -> None:
    missing = [name for name in names if name not in there]
    if missing:
        raise BadInput(f"providers: {where} has no {quoted(missing[0])}; it has {', '.join(there)}")
