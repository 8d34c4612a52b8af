"""What if ONNX Runtime were set up in another way, or the file were made smaller? Exhibits, not checks of the gate."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnxruntime import GraphOptimizationLevel, InferenceSession
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from onnxruntime.transformers.float16 import convert_float_to_float16

from lib import cache
from lib.export import graph
from lib.compare.comparison import max_abs_difference, top1
from lib.deploy.model import IMAGE
from lib.deploy.sessions import open_session
from lib.deploy.stages import logits_of, score
from lib.inputs.reading import sha256
from lib.handoff import Handoff
from lib.timing import ratios

ROUNDS = 11
AS_IT_IS = "FP32, as exported"
STATIC = "INT8, static"
DEFAULT = "all optimisations, the default"
LEVELS = {
    "extended optimisations": GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "basic optimisations": GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "no optimisations": GraphOptimizationLevel.ORT_DISABLE_ALL,
}
LEAST_OPSET = 13  # the first in which each channel of a weight can have a scale of its own


@dataclass(frozen=True)
class Outcome:
    """One way to run the network, on all photos, against eager PyTorch.

    Attributes:
        name: of the way.
        logits: largest difference of any logit.
        probability: largest difference of any probability.
        flips: photos whose likeliest class is another one.
        ratio: time of one answer over that of the first way, the median over rounds.
        megabytes: size of the file, in 10**6 bytes.
    """

    name: str
    logits: float
    probability: float
    flips: int
    ratio: float
    megabytes: float


def settings(handoff: Handoff) -> list[Outcome]:
    """The exported file with each optimisation level and with other numbers of threads; the first is the default."""
    path = handoff.onnx_path
    sessions = {DEFAULT: open_session(path)}
    sessions |= {name: open_session(path, level=level) for name, level in LEVELS.items()}
    for threads in sorted({1, 2, os.cpu_count() or 1}):
        sessions[f"{threads} thread{'s' * (threads > 1)}"] = open_session(path, threads=threads)
    return _outcomes(handoff, sessions, dict.fromkeys(sessions, path))


def files(handoff: Handoff) -> list[Outcome]:
    """The exported file as it is, and the smaller ones that :func:`made` makes of it."""
    paths = {AS_IT_IS: handoff.onnx_path, **made(handoff)}
    return _outcomes(handoff, {name: open_session(path) for name, path in paths.items()}, paths)


def made(handoff: Handoff) -> dict[str, Path]:
    """Smaller files of the exported network, by name, made on the first call and taken from the cache on later ones.

    ``FP16`` keeps weights and arithmetic in half precision, input and output in single. ``INT8, dynamic`` keeps weights in 8
    bits and finds the range of activations anew for every photo. ``INT8, static`` keeps both in 8 bits, with a scale for each
    channel of a weight, and takes the activations' ranges from the photos of this handoff; an operator set before
    :data:`LEAST_OPSET` has no such scales, and the file is left out.
    """
    network, tensors = handoff.onnx_path, [trace.normalise for _, trace in handoff.reference_traces]
    code = Path(__file__).read_bytes() + onnxruntime.__version__.encode()
    paths = {
        "FP16": _beside(network, "fp16", code),
        "INT8, dynamic": _beside(network, "int8-dynamic", code),
        STATIC: _beside(network, "int8-static", code + b"".join(tensor.tobytes() for tensor in tensors)),
    }
    if graph.opset(onnx.load(network)) < LEAST_OPSET:
        del paths[STATIC]
    for name, path in paths.items():
        with cache.making(path) as scratch, _quiet():
            if scratch is None:
                continue
            if name == "FP16":
                onnx.save(convert_float_to_float16(onnx.load(network), keep_io_types=True), scratch)
            else:
                _quantise(network, scratch, tensors if name == STATIC else [])
    return paths


def worst(outcomes: Sequence[Outcome]) -> float:
    """The largest difference of any logit; NaN where one is NaN."""
    return float(np.max([each.logits for each in outcomes]))


def flips(outcomes: Sequence[Outcome]) -> int:
    """How many answers are another class, over all ways and photos."""
    return sum(each.flips for each in outcomes)


def _beside(network: Path, kind: str, made_of: bytes) -> Path:
    return network.with_name(f"{network.stem}-{kind}-{sha256(made_of)[:8]}.onnx")


def _quantise(network: Path, to: Path, tensors: list[NDArray[Any]]) -> None:
    """Quantise statically where there are inputs to calibrate with, else dynamically."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(network, prepared, skip_symbolic_shape=True)
        if tensors:
            reader = _Photos(IMAGE, tensors)
            quantize_static(prepared, to, reader, quant_format=QuantFormat.QDQ, per_channel=True)
        else:
            # unsigned: ONNX Runtime's kernel for signed weights is four times as slow on x86
            quantize_dynamic(prepared, to, weight_type=QuantType.QUInt8)


class _Photos(CalibrationDataReader):
    """Photos one by one, as the quantiser asks for them."""

    def __init__(self, name: str, tensors: list[NDArray[Any]]) -> None:
        self._rest = iter([{name: tensor} for tensor in tensors])

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        """The next input by name, or None after the last."""
        return next(self._rest, None)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the converters from warning of tensors that they leave as they are. Exceptions pass."""
    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _outcomes(handoff: Handoff, sessions: Mapping[str, InferenceSession], paths: Mapping[str, Path]) -> list[Outcome]:
    traces = [trace for _, trace in handoff.reference_traces]
    timed = ratios({name: partial(logits_of, session, traces[0].normalise) for name, session in sessions.items()}, ROUNDS)
    outcomes = []
    for name, session in sessions.items():
        answers = [logits_of(session, trace.normalise) for trace in traces]
        outcomes.append(
            Outcome(
                name,
                float(np.max([max_abs_difference(trace.infer, a) for trace, a in zip(traces, answers, strict=True)])),
                float(np.max([max_abs_difference(trace.score, score(a)) for trace, a in zip(traces, answers, strict=True)])),
                sum(top1(trace.infer) != top1(a) for trace, a in zip(traces, answers, strict=True)),
                timed[name],
                paths[name].stat().st_size / 1e6,
            )
        )
    return outcomes
