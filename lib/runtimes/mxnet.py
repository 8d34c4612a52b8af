"""MXNet, which the article names and nobody can install any more: a row with its reason."""

from __future__ import annotations

from lib.runtimes.runtime import ONNX, Runtime

RUNTIMES = (
    Runtime(
        "MXNet",
        "mxnet",
        ONNX,
        None,
        "retired to the Apache Attic in 2023; its last release, 1.9.1 of 2022, does not import beside numpy 1.24 or newer",
    ),
)
