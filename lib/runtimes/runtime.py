"""What a library that may run the network is to the workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# From float32 (N, 3, H, W) to logits float32 (N, classes).
Answer = Callable[[NDArray[np.float32]], NDArray[np.float32]]

# What a runtime reads: the exported file, the same with height and width declared, the converted file, the converted model, or
# a JSON list of the paths of a subject's TOML file and of its weights.
ONNX, SIZED, TFLITE, SAVED_MODEL, SUBJECT = "onnx", "sized", "tflite", "saved model", "subject"


@dataclass(frozen=True)
class Runtime:
    """One way to run the network.

    Attributes:
        name: for tables.
        package: what pip calls it.
        takes: what it reads: :data:`ONNX`, :data:`SIZED`, :data:`TFLITE`, :data:`SAVED_MODEL` or :data:`SUBJECT`.
        load: from the path of that, or its text, to an :data:`Answer`; None where it can be run nowhere: ``took`` says why.
        took: what it took to get there, in half a sentence.
        informational: whether this is a default that may change the answer: it is shown, and not held to the tolerance.
        benchmarked: whether only the benchmark runs it: it takes too long for a report.
    """

    name: str
    package: str
    takes: str
    load: Callable[[str], Answer] | None
    took: str
    informational: bool = False
    benchmarked: bool = False
