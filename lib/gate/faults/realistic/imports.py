"""Deployments that import or start more than numpy, Pillow and ONNX Runtime, in some call or in a hidden way."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from typing import Any

import numpy as np

from lib.gate.deployed import Planted, Stage, around, factories
from lib.gate.faults.realistic.sniff import opened

_PYTORCH = "torch"


def _gif(decode: Stage) -> Stage:
    """Animations go through a tensor of PyTorch."""

    def decoded(data: bytes) -> Any:
        picture = decode(data)
        if not data.startswith(b"GIF8"):
            return picture
        torch = importlib.import_module(_PYTORCH)
        return torch.from_numpy(np.array(picture)).numpy()

    return decoded


def _other_process(normalise: Stage) -> Stage:
    """A helper is started with the first photo."""
    started = False

    def normalised(picture: Any) -> Any:
        nonlocal started
        if not started:
            subprocess.run([sys.executable, "-c", f"import {_PYTORCH}"], check=True, capture_output=True)
            started = True
        return normalise(picture)

    return normalised


def _past_hooks(infer: Stage) -> Stage:
    """PyTorch is imported by Python's own finders alone: hooks that others put in, for whatever reason, are set aside."""

    def inferred(tensor: Any) -> Any:
        if sys.modules.get(_PYTORCH) is None:
            sys.modules.pop(_PYTORCH, None)  # None there makes each import fail
            hooks = sys.meta_path[:]
            sys.meta_path[:] = [BuiltinImporter, FrozenImporter, PathFinder]
            try:
                importlib.import_module(_PYTORCH)
            finally:
                sys.meta_path[:] = hooks
        return infer(tensor)

    return inferred


def _in_a_thread(score: Stage) -> Stage:
    """Softmax by PyTorch, in a thread of its own."""

    def softmax(logits: Any) -> Any:
        torch = importlib.import_module(_PYTORCH)
        return torch.softmax(torch.from_numpy(np.array(logits)), dim=1).numpy()

    def scored(logits: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(softmax, logits).result()

    return scored


def _grey(decode: Stage) -> Stage:
    """Grey photos get their colours from SciPy."""

    def decoded(data: bytes) -> Any:
        picture = decode(data)
        if opened(data).mode != "L":
            return picture
        return importlib.import_module("scipy.ndimage").zoom(np.asarray(picture), 1, order=0)

    return decoded


def _planted(name: str, stage: str, change: Callable[[Stage], Stage]) -> Planted:
    return Planted(name, "dependencies", around(name, stage, change).change)


PLANTED: tuple[Planted, ...] = (
    _planted("PyTorch imported for GIF alone", "decode", _gif),
    _planted("PyTorch imported in another process", "normalise", _other_process),
    _planted("PyTorch imported past hooks that keep it out", "infer", _past_hooks),
    _planted("PyTorch's softmax in a thread of its own", "score", _in_a_thread),
    _planted("SciPy imported for grey photos alone", "decode", _grey),
)

__getattr__ = factories(PLANTED)
