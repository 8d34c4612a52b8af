"""ONNX's own evaluator, which computes as the standard is written, in numpy, operator by operator."""

from __future__ import annotations

from typing import Any

import numpy as np

from lib.runtimes.runtime import ONNX, Answer, Runtime


def load(path: str) -> Answer:
    """The evaluator of a file."""
    import onnx
    from onnx.reference import ReferenceEvaluator

    model = onnx.load(path)
    name = model.graph.input[0].name
    evaluator: Any = ReferenceEvaluator(model)
    return lambda tensor: np.asarray(evaluator.run(None, {name: tensor})[0])


EVALUATOR = "ONNX reference evaluator"
RUNTIMES = (Runtime(EVALUATOR, "onnx", ONNX, load, "reads the exported file; numpy, operator by operator"),)
