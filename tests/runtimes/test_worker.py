"""What a process that measures one library loads, and what it says."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import numpy as np
import pytest

from lib.runtimes import worker
from lib.runtimes.onnx_runtime import SHIPPED


def test_a_worker_loads_nothing_but_its_library():
    code = "import sys, lib.runtimes.worker; print([m for m in ('torch', 'cv2', 'onnx', 'onnxruntime') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


@pytest.fixture
def job(lite0, tmp_path) -> dict[str, object]:
    (tmp_path / "inputs").mkdir()
    for name, side in (("0", 64), ("1", 96)):
        np.save(tmp_path / "inputs" / f"{name}.npy", np.full((1, 3, side, side), 0.5, np.float32))
    return {
        "runtime": SHIPPED,
        "source": str(lite0.onnx_path),
        "inputs": str(tmp_path / "inputs"),
        "outputs": str(tmp_path / "outputs.npz"),
        "rounds": 2,
        "batches": [1],
        "started": time.time(),
    }


def test_every_input_is_answered_by_name(lite0, job):
    said = json.loads(json.dumps(worker.main(job)))
    assert set(said) == {"first", "laps", "memory", "version", "licence", "installed"}
    assert len(said["laps"]["1"]) == 2
    with np.load(job["outputs"]) as answers:
        assert sorted(answers.files) == ["0", "1"]
        expected = lite0.deployment.infer(np.full((1, 3, 96, 96), 0.5, np.float32))
        np.testing.assert_allclose(answers["1"], expected, atol=1e-4)


def test_a_library_that_is_not_installed_is_named(job, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    assert worker.main(job | {"runtime": "TensorFlow"}) == {"error": "not installed: tensorflow"}


def test_what_a_library_raises_is_said_in_one_line(job):
    said = worker.main(job | {"source": "nowhere.onnx"})
    assert set(said) == {"error"}
    assert "nowhere.onnx" in said["error"]
    assert "\n" not in said["error"]
