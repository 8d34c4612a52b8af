"""Each library's file: what it says of itself, and that it answers as PyTorch does."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lib.runtimes import RUNTIMES
from lib.runtimes.onnx_runtime import SHIPPED
from lib.runtimes.runtime import ONNX, SAVED_MODEL, SIZED, SUBJECT, TFLITE

# What can be loaded in this process: the others are run in one of their own, in tests/studies/runtimes.
HERE = ("PyTorch, eager", SHIPPED, "OpenVINO, f32", "ONNX reference evaluator")


def test_a_library_says_what_it_reads_and_what_it_took():
    assert list(RUNTIMES)[:2] == ["PyTorch, eager", "PyTorch, compiled"]
    for name, runtime in RUNTIMES.items():
        assert runtime.name == name
        assert runtime.takes in (ONNX, SIZED, TFLITE, SAVED_MODEL, SUBJECT)
        assert len(runtime.took) > 10
    assert [name for name, runtime in RUNTIMES.items() if runtime.load is None] == ["MXNet"]


@pytest.mark.parametrize("name", HERE)
def test_a_library_gives_pytorchs_logits(lite0, name):
    runtime = RUNTIMES[name]
    path = json.dumps([str(lite0.subject.path), ""]) if runtime.takes == SUBJECT else str(lite0.onnx_path)
    tensor = np.random.default_rng(0).standard_normal((1, 3, 64, 96), dtype=np.float32)
    np.testing.assert_allclose(runtime.load(path)(tensor), lite0.reference.infer(tensor), atol=1e-3)


def test_tensorrt_without_a_gpu_says_so(monkeypatch):
    monkeypatch.setattr("pathlib.Path.exists", lambda _: False)
    with pytest.raises(RuntimeError, match="no NVIDIA GPU on this machine"):
        RUNTIMES["TensorRT"].load("model.onnx")
