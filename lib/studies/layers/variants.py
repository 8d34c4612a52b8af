"""The same network run or written in another way: other settings of ONNX Runtime, and smaller files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
from onnxruntime import GraphOptimizationLevel, InferenceSession
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from onnxruntime.transformers.float16 import convert_float_to_float16

from lib import cache
from lib.compare.comparison import Comparison
from lib.deploy import Contract
from lib.deploy.model import IMAGE
from lib.deploy.sessions import open_session
from lib.deploy.stages import decode, preprocessing
from lib.export import graph
from lib.export.silence import silenced
from lib.handoff import Handoff
from lib.inputs.photos import Photo
from lib.inputs.reading import sha256

AS_IT_IS = "FP32, as exported"
FP16, DYNAMIC, STATIC = "FP16", "INT8, dynamic", "INT8, static"
DEFAULT = "all optimisations, the default"
LEVELS = {
    "extended optimisations": GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "basic optimisations": GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "no optimisations": GraphOptimizationLevel.ORT_DISABLE_ALL,
}
LEAST_OPSET = 13  # the first in which each channel of a weight can have a scale of its own
CALIBRATED = 32  # photos at most: each costs a run, and the file is only shown, so a thousand would delay what is checked


@dataclass(frozen=True)
class Variant:
    """One way to run the network, on all photos, against eager PyTorch.

    Attributes:
        name: of the way.
        comparisons: one a photo, of logits and of probabilities.
        ratio: time of one answer over that of the exported file as it comes, the median over rounds.
        megabytes: size of the file, in 10**6 bytes.
    """

    name: str
    comparisons: tuple[Comparison, ...]
    ratio: float
    megabytes: float


def settings(network: Path) -> dict[str, InferenceSession]:
    """A file opened with each optimisation level and with other numbers of threads; the first is the default."""
    sessions = {DEFAULT: open_session(network)}
    sessions |= {name: open_session(network, level=level) for name, level in LEVELS.items()}
    for threads in sorted({1, 2, os.cpu_count() or 1}):
        sessions[f"{threads} thread{'s' * (threads > 1)}"] = open_session(network, threads=threads)
    return sessions


def smaller(handoff: Handoff) -> dict[str, Path]:
    """Smaller files of the exported network, by name, made on the first call and taken from the cache on later ones.

    ``FP16`` keeps weights and arithmetic in half precision, input and output in single. ``INT8, dynamic`` keeps weights in 8
    bits and finds the range of activations anew for every photo. ``INT8, static`` keeps both in 8 bits, with a scale for each
    channel of a weight, and takes the activations' ranges from the first :data:`CALIBRATED` photos of this handoff; an operator
    set before :data:`LEAST_OPSET` has no such scales, and the file is left out.
    """
    # the network's name carries a key of its contract and of the code that makes its input; this module decides the rest
    network, photos = handoff.onnx_path, handoff.photos.readable[:CALIBRATED]
    code = Path(__file__).read_bytes() + onnxruntime.__version__.encode()
    paths = {
        FP16: _beside(network, "fp16", code),
        DYNAMIC: _beside(network, "int8-dynamic", code),
        STATIC: _beside(network, "int8-static", code + "".join(photo.sha256 for photo in photos).encode()),
    }
    if graph.opset(onnx.load(network)) < LEAST_OPSET:
        del paths[STATIC]
    for name, path in paths.items():
        with cache.making(path) as scratch, silenced(None):
            if scratch is None:
                continue
            if name == FP16:
                onnx.save(convert_float_to_float16(onnx.load(network), keep_io_types=True), scratch)
            else:
                _quantise(network, scratch, Calibration(photos, handoff.subject.contract) if name == STATIC else None)
    return paths


class Calibration(CalibrationDataReader):
    """The network's inputs for some photos, each made when the quantiser asks for it.

    Args:
        photos: to take the activations' ranges from.
        contract: the preprocessing that the network expects.
    """

    def __init__(self, photos: Sequence[Photo], contract: Contract) -> None:
        resize, normalise = preprocessing(contract)
        self._inputs = ({IMAGE: normalise(resize(decode(photo.data)))} for photo in photos)

    def get_next(self) -> dict[str, Any] | None:
        """The next input by name, or None after the last."""
        return next(self._inputs, None)


def _beside(network: Path, kind: str, made_of: bytes) -> Path:
    return network.with_name(f"{network.stem}-{kind}-{sha256(made_of)[:8]}.onnx")


def _quantise(network: Path, to: Path, calibration: Calibration | None) -> None:
    """Quantise statically where there are inputs to calibrate with, else dynamically."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(network, prepared, skip_symbolic_shape=True)
        if calibration is not None:
            quantize_static(prepared, to, calibration, quant_format=QuantFormat.QDQ, per_channel=True)
        else:
            # unsigned: ONNX Runtime's kernel for signed weights is four times as slow on x86
            quantize_dynamic(prepared, to, weight_type=QuantType.QUInt8)
