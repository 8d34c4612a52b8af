"""The same photos through every library, against PyTorch and against ONNX's own evaluator."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from lib import cache
from lib.compare.comparison import Comparison, flips, worst
from lib.deploy.machine import threads
from lib.handoff import Handoff
from lib.numbers import finite
from lib.runtimes import RUNTIMES, converter
from lib.runtimes.onnx_runtime import SHIPPED
from lib.runtimes.process import Measured, measured
from lib.runtimes.pytorch import EAGER
from lib.runtimes.reference_evaluator import EVALUATOR
from lib.runtimes.runtime import ONNX, SAVED_MODEL, SIZED, SUBJECT, TFLITE, Runtime

LEAST_ROUNDS = 3  # of a runtime whose answers take seconds
NO_CONVERTER = "not converted: the converter is missing; make report RUNTIMES=all installs it"


@dataclass(frozen=True)
class Answers:
    """One runtime on all photos.

    Attributes:
        runtime: which.
        took: what it took to get there.
        process: what came of its process.
        reference: each photo's logits against eager PyTorch's; empty where there is no answer.
        evaluator: each photo's logits against those of ONNX's reference evaluator; empty where either gave none.
    """

    runtime: Runtime
    took: str
    process: Measured
    reference: tuple[Comparison, ...]
    evaluator: tuple[Comparison, ...]

    @property
    def answered(self) -> bool:
        """Whether there is an answer."""
        return not self.process.error

    @property
    def difference(self) -> float:
        """Largest difference of any logit from eager PyTorch; NaN where there is no answer."""
        return worst(self.reference, "infer")

    @property
    def from_evaluator(self) -> float:
        """The same from ONNX's reference evaluator."""
        return worst(self.evaluator, "infer")

    @property
    def flips(self) -> int:
        """On how many photos the likeliest class is another than PyTorch's."""
        return flips(self.reference)


def answers(handoff: Handoff, rounds: int) -> list[Answers]:
    """Every runtime, one after the other, PyTorch first.

    Args:
        handoff: whose network and photos.
        rounds: how many answers to time.
    """
    with tempfile.TemporaryDirectory() as folder:
        inputs, expected = Path(folder), {}
        for i, photo in enumerate(handoff.photos.readable):
            trace = handoff.reference.trace(photo.data)
            np.save(inputs / f"{i:06d}.npy", trace.normalise)
            expected[f"{i:06d}"] = trace.infer
        found = {
            runtime.name: _measured(handoff, runtime, inputs, LEAST_ROUNDS if runtime.name == EVALUATOR else rounds)
            for runtime in RUNTIMES.values()
            if not runtime.benchmarked
        }
    names = {f"{i:06d}": photo.name for i, photo in enumerate(handoff.photos.readable)}
    return [
        Answers(
            RUNTIMES[name],
            RUNTIMES[name].took + _conversion(handoff, RUNTIMES[name]),
            process,
            _compared(name, names, expected, process.logits),
            _compared(name, names, found[EVALUATOR].logits, process.logits),
        )
        for name, process in found.items()
    ]


def source(handoff: Handoff, runtime: Runtime) -> tuple[str, Path | str]:
    """What a runtime reads, and the interpreter it runs in.

    Raises:
        RuntimeError: there is none; the message says why.
    """
    if runtime.takes == SUBJECT:
        return json.dumps([str(handoff.subject.path), str(handoff.weights_path)]), sys.executable
    if runtime.takes == ONNX:
        return str(handoff.onnx_path), sys.executable
    if runtime.takes == SIZED:
        return str(sized(handoff)), sys.executable
    folder = converter.converted(handoff.onnx_path)
    if folder is None:
        raise RuntimeError(NO_CONVERTER)
    if runtime.takes == TFLITE:
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


def held(results: Iterable[Answers], reference: str) -> list[Answers]:
    """Those that answered and are held to the tolerance: neither informational nor the ``reference`` itself."""
    return [each for each in results if each.answered and not each.runtime.informational and each.runtime.name != reference]


def largest(results: Sequence[Answers]) -> float:
    """The largest difference from PyTorch of any runtime that answered; NaN where there are none."""
    return worst([comparison for each in results for comparison in each.reference], "infer")


def named(results: Iterable[Answers], name: str) -> list[Answers]:
    """The runtime of a name, as far as it was run."""
    return [each for each in results if each.runtime.name == name]


def costs(results: Iterable[Answers], handoff: Handoff, rounds: int) -> dict[str, Any]:
    """What an answer costs in eager PyTorch and in ONNX Runtime as it ships, and how that was measured: JSON types.

    Args:
        results: of every runtime.
        handoff: what was run, on the photos of which the first was timed.
        rounds: how many answers were timed.
    """
    found = {each.runtime.name: each.process for each in results}
    conditions = {
        "photo": handoff.photos.readable[0].name,
        "batch": 1,
        "rounds": rounds,
        "threads": threads(),
        "timed": "the network alone, from its input to its logits, each library in a process of its own",
    }
    return {"pytorch": _cost(found[EAGER]), "shipped": _cost(found[SHIPPED]), "conditions": conditions}


def _cost(process: Measured) -> dict[str, Any]:
    """Seconds and bytes, None where there is no answer or the system does not say."""
    return {
        "name": process.runtime,
        "version": process.version,
        "missing": process.error,
        "first_s": finite(process.first),
        "median_s": finite(process.median()),
        "percentile95_s": finite(process.percentile95()),
        "memory_bytes": process.memory or None,
        "installed_bytes": process.installed or None,
    }


def libraries(results: Iterable[Answers], tolerance: float) -> dict[str, Any]:
    """Which libraries answer as PyTorch does, which do not, and which did not answer: JSON types.

    Args:
        results: of every runtime; PyTorch's own is left out.
        tolerance: what a logit may differ by.
    """
    every = [each for each in results if each.runtime.name != EAGER]
    wrong = [each for each in every if each.answered and (each.flips or not each.difference <= tolerance)]
    return {
        "tolerance": tolerance,
        "right": [each.runtime.name for each in every if each.answered and each not in wrong],
        "wrong": [
            {
                "name": each.runtime.name,
                "logits": finite(each.difference),
                "other_classes": each.flips,
                "photos": len(each.reference),
                "informational": each.runtime.informational,
            }
            for each in wrong
        ],
        "missing": [{"name": each.runtime.name, "reason": each.process.error} for each in every if not each.answered],
    }


def _conversion(handoff: Handoff, runtime: Runtime) -> str:
    if runtime.takes not in (TFLITE, SAVED_MODEL) or not (folder := converter.folder_of(handoff.onnx_path)).exists():
        return ""
    return f"; the conversion took {converter.seconds(folder):.0f} s, once"


def _measured(handoff: Handoff, runtime: Runtime, inputs: Path, rounds: int) -> Measured:
    if runtime.load is None:
        return Measured(runtime.name, "it cannot be installed", {})
    try:
        reads, python = source(handoff, runtime)
    except RuntimeError as error:
        return Measured(runtime.name, str(error), {})
    return measured(runtime.name, reads, inputs, rounds, python=python)


def _compared(
    runtime: str, photos: Mapping[str, str], expected: Mapping[str, NDArray[Any]], got: Mapping[str, NDArray[Any]]
) -> tuple[Comparison, ...]:
    return tuple(
        Comparison.of(photos[key], runtime, {"infer": (expected[key], logits)})
        for key, logits in got.items()
        if key in expected
    )
