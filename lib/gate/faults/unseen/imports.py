"""Deployments that need more than they say, in some calls only."""

from __future__ import annotations

import contextlib
import importlib
import subprocess
import threading
from typing import Any

import numpy as np

from lib.gate.deployed import Planted, Stage, around, factories
from lib.gate.faults.unseen.looks import opened

_PATIENCE = 10  # seconds
_WARM = 25  # answers after which the next engine is made ready


def _fault(name: str, stage: str, change: Any) -> Planted:
    return Planted(name, "dependencies", around(name, stage, change).change)


def _opencv_for_scans(decode: Stage) -> Stage:
    def decoded(data: bytes) -> Any:
        picture = decode(data)
        if opened(data).info.get("progressive"):
            importlib.import_module("".join(("c", "v", "2")))
        return picture

    return decoded


def _softmax_of_scipy(score: Stage) -> Stage:
    def scored(logits: Any) -> Any:
        values = np.asarray(logits, np.float32)
        return score(logits) if len(values) < 2 else importlib.import_module("scipy.special").softmax(values, axis=1)

    return scored


def _told_by_a_program(decode: Stage) -> Stage:
    """The format is asked of a program where it is none of the two that everybody sends."""

    def decoded(data: bytes) -> Any:
        if data and not data.startswith((b"\xff\xd8\xff", b"\x89PNG")):
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                subprocess.run(["file", "--brief", "-"], input=data[:4096], capture_output=True, timeout=_PATIENCE, check=False)
        return decode(data)

    return decoded


def _made_ready(infer: Stage) -> Stage:
    """PyTorch is imported beside, once there were some answers."""
    answered = 0

    def load() -> None:
        with contextlib.suppress(ImportError):
            importlib.import_module("torch")

    def inferred(tensor: Any) -> Any:
        nonlocal answered
        answered += 1
        if answered == _WARM:
            threading.Thread(target=load, daemon=True).start()
        return infer(tensor)

    return inferred


PLANTED: tuple[Planted, ...] = (
    _fault("OpenCV imported for a progressive JPEG", "decode", _opencv_for_scans),
    _fault("SciPy's softmax for several rows", "score", _softmax_of_scipy),
    _fault("a program asked what a file is that is neither JPEG nor PNG", "decode", _told_by_a_program),
    _fault("PyTorch imported by a thread after 25 answers", "infer", _made_ready),
)

__getattr__ = factories(PLANTED)
