"""The libraries that may run the network, a file a library, each run in a process of its own.

A library is imported where it is used: a process that measures one must not pay for another, and one that is not installed must
not be missed.
"""

from __future__ import annotations

from lib.runtimes import (
    litert,
    mxnet,
    onnx_runtime,
    opencv,
    openvino,
    pytorch,
    reference_evaluator,
    tensorflow,
    tensorrt,
)
from lib.runtimes.runtime import Runtime

RUNTIMES: dict[str, Runtime] = {
    each.name: each
    for library in (
        pytorch,
        onnx_runtime,
        openvino,
        opencv,
        litert,
        tensorflow,
        reference_evaluator,
        tensorrt,
        mxnet,
    )
    for each in library.RUNTIMES
}
