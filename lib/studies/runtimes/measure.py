"""The same photos through every library, against PyTorch and against ONNX's own evaluator."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from lib import cache
from lib.compare.comparison import max_abs_difference, top1
from lib.handoff import Handoff
from lib.runtimes import converter
from lib.runtimes.engines import COMPILED, ENGINES, EVALUATOR, ONNX, SAVED_MODEL, SIZED, SUBJECT, TFLITE, Engine
from lib.runtimes.process import Measured, measured

LEAST_ROUNDS = 3  # of an engine whose answers take seconds
NO_CONVERTER = "not converted: the converter is missing; make report RUNTIMES=all installs it"


@dataclass(frozen=True)
class Compared:
    """One engine on all photos.

    Attributes:
        engine: which.
        took: what it took to get there.
        measured: what came of it.
        difference: largest difference of any logit from eager PyTorch; NaN where there is no answer.
        judged: the same from ONNX's reference evaluator.
        flips: on how many photos the likeliest class is another than PyTorch's.
    """

    engine: Engine
    took: str
    measured: Measured
    difference: float
    judged: float
    flips: int

    @property
    def answered(self) -> bool:
        """Whether there is an answer."""
        return not self.measured.error


def compared(handoff: Handoff, rounds: int) -> list[Compared]:
    """Every engine, one after the other, PyTorch first.

    Args:
        handoff: whose network and photos.
        rounds: how many answers to time.
    """
    traces = handoff.reference_traces
    inputs = {str(i): trace.normalise for i, (_, trace) in enumerate(traces)}
    expected = {str(i): trace.infer for i, (_, trace) in enumerate(traces)}
    results = {
        engine.name: _measured(handoff, engine, inputs, LEAST_ROUNDS if engine.name == EVALUATOR else rounds)
        for engine in ENGINES.values()
        if engine.name != COMPILED
    }
    judge = results[EVALUATOR].logits
    return [
        Compared(
            ENGINES[name],
            ENGINES[name].took + _conversion(handoff, ENGINES[name]),
            result,
            _worst(expected, result.logits),
            _worst(judge, result.logits),
            sum(top1(expected[key]) != top1(logits) for key, logits in result.logits.items()),
        )
        for name, result in results.items()
    ]


def source(handoff: Handoff, engine: Engine) -> tuple[str, Path | str]:
    """What an engine reads, and the interpreter it runs in.

    Raises:
        RuntimeError: there is none; the message says why.
    """
    if engine.takes == SUBJECT:
        return json.dumps([str(handoff.subject.path), str(handoff.weights_path)]), sys.executable
    if engine.takes == ONNX:
        return str(handoff.onnx_path), sys.executable
    if engine.takes == SIZED:
        return str(sized(handoff)), sys.executable
    folder = converter.converted(handoff.onnx_path)
    if folder is None:
        raise RuntimeError(NO_CONVERTER)
    if engine.takes == TFLITE:
        return str(folder / converter.TFLITE), sys.executable
    python = converter.python()
    if python is None:
        raise RuntimeError(NO_CONVERTER)
    return str(folder), python


def sized(handoff: Handoff) -> Path:
    """The exported file with the height and width that the network was built for declared; nothing else is changed."""
    network = handoff.onnx_path
    path = network.with_name(f"{network.stem}-sized.onnx")
    with cache.making(path) as scratch:
        if scratch is not None:
            declared = onnx.load(network)
            for axis in (2, 3):
                declared.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = handoff.subject.image_size
            onnx.save(declared, scratch)
    return path


def _conversion(handoff: Handoff, engine: Engine) -> str:
    if engine.takes not in (TFLITE, SAVED_MODEL) or not (folder := converter.folder_of(handoff.onnx_path)).exists():
        return ""
    return f"; the conversion took {converter.seconds(folder):.0f} s, once"


def _measured(handoff: Handoff, engine: Engine, inputs: dict[str, NDArray[np.float32]], rounds: int) -> Measured:
    try:
        reads, python = source(handoff, engine)
    except RuntimeError as error:
        return Measured(engine.name, str(error), {})
    return measured(engine.name, reads, inputs, rounds, python=python)


def _worst(expected: dict[str, NDArray[Any]], got: dict[str, NDArray[Any]]) -> float:
    differences = [max_abs_difference(expected[key], logits) for key, logits in got.items() if key in expected]
    return float(np.max(differences)) if differences else float("nan")


def worst(results: Iterable[Compared]) -> float:
    """The largest difference from PyTorch among the engines that answered; NaN where there are none."""
    differences = [each.difference for each in results if each.answered]
    return float(np.max(differences)) if differences else float("nan")
