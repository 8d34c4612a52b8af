"""OpenVINO, which computes in the precision that it finds fastest on the processor unless it is told another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lib.runtimes.runtime import ONNX, Answer, Runtime


def loader(**settings: str) -> Callable[[str], Answer]:
    """A function that compiles an ONNX file for the CPU with these settings."""

    def load(path: str) -> Answer:
        import openvino

        compiled = openvino.Core().compile_model(path, "CPU", settings)
        return lambda tensor: np.array(compiled([tensor])[0])

    return load


AS_IT_COMES, FLOAT32 = "OpenVINO, as it comes", "OpenVINO, f32"
RUNTIMES = (
    Runtime(AS_IT_COMES, "openvino", ONNX, loader(), "reads the exported file", informational=True),
    Runtime(
        FLOAT32, "openvino", ONNX, loader(INFERENCE_PRECISION_HINT="f32"), "reads the exported file; told to compute in f32"
    ),
)
