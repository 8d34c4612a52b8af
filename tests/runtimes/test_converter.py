"""ONNX to TensorFlow, by a converter in an environment of its own."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import onnx

from lib.guarded.lifeline import lifeline
from lib.runtimes import converter, onnx_runtime


def test_the_pooling_is_said_in_onnxs_own_word_before_the_conversion(lite0, tmp_path):
    model = converter.pooled(onnx.load(lite0.onnx_path))
    assert [node.op_type for node in model.graph.node].count("GlobalAveragePool") == 1
    assert not any(node.op_type == "ReduceMean" for node in model.graph.node)
    onnx.save(model, tmp_path / "pooled.onnx")
    tensor = np.random.default_rng(0).standard_normal((2, 3, 97, 64), dtype=np.float32)
    answers = [onnx_runtime.load(str(path))(tensor) for path in (lite0.onnx_path, tmp_path / "pooled.onnx")]
    np.testing.assert_allclose(*answers, atol=1e-4)


def test_the_converters_requirements_are_exact():
    lines = [line for line in converter.REQUIREMENTS.read_text().splitlines() if not line.startswith("#")]
    assert all("==" in line for line in lines)
    assert {"onnx2tf", "tensorflow"} <= {line.split("==")[0] for line in lines}


def test_without_the_environment_there_is_nothing_to_convert_with(lite0, cache_folder, monkeypatch, tmp_path):
    monkeypatch.setattr(converter, "folder_of", lambda _: tmp_path / "none")
    assert converter.python() is None
    assert converter.converted(lite0.onnx_path) is None


def test_a_conversion_ends_with_the_process_that_started_it(tmp_path):
    (tmp_path / "onnx2tf.py").write_text("def convert(**_):\n    print(flush=True)\n    while True: pass\n")
    command = [sys.executable, "-c", converter._CONVERT, "model.onnx", "folder"]
    with lifeline() as stdin:
        process = subprocess.Popen(command, cwd=tmp_path, stdin=stdin, stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"\n"
        assert process.poll() is None
    assert process.wait(timeout=10) == 1
    process.stdout.close()
