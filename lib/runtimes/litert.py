"""LiteRT, which runs TFLite files."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lib.runtimes.runtime import TFLITE, Answer, Runtime


def load(path: str) -> Answer:
    """An interpreter of a TFLite file, given new sizes where an input has others than the one before."""
    from ai_edge_litert.interpreter import Interpreter

    from lib.deploy.machine import threads  # which imports ONNX Runtime

    interpreter = Interpreter(model_path=path, num_threads=threads())
    given, gives = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    shape: tuple[int, ...] = ()

    def answer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        nonlocal shape
        channels_last = np.ascontiguousarray(tensor.transpose(0, 2, 3, 1))
        if channels_last.shape != shape:
            shape = channels_last.shape
            interpreter.resize_tensor_input(given, shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(given, channels_last)
        interpreter.invoke()
        return np.array(interpreter.get_tensor(gives))

    return answer


RUNTIMES = (Runtime("LiteRT", "ai-edge-litert", TFLITE, load, "reads the converted file; takes channels last"),)
