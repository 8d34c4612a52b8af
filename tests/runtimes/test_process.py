"""A runtime in a process of its own: what becomes of one that fails, dies or hangs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lib.runtimes import process
from lib.runtimes.onnx_runtime import SHIPPED
from tests.guarded.processes import children, gone


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """A folder with one small input."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    np.save(folder / "0.npy", np.zeros((1, 3, 64, 64), np.float32))
    return folder


def test_a_library_that_fails_is_a_row_that_says_why(tmp_path, inputs):
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    found = process.measured(SHIPPED, str(tmp_path / "broken.onnx"), inputs, 1)
    assert "INVALID_PROTOBUF" in found.error
    assert np.isnan(found.median())
    assert found.logits == {}


def test_a_process_that_dies_or_hangs_is_a_row_too(monkeypatch, lite0, inputs):
    assert "ended with code" in process.measured("no such runtime", "", inputs, 1).error
    monkeypatch.setattr(process, "TIMEOUT", 0.01)
    assert process.measured(SHIPPED, str(lite0.onnx_path), inputs, 1).error == "took longer than 0.01 s"


MEASURES = """\
import sys
from pathlib import Path
from lib.runtimes import process
process.measured(sys.argv[1], sys.argv[2], Path(sys.argv[3]), 10**9)
"""


def test_a_process_ends_with_the_one_that_measures(lite0, inputs):
    with subprocess.Popen([sys.executable, "-c", MEASURES, SHIPPED, str(lite0.onnx_path), str(inputs)]) as parent:
        workers = children(parent.pid)
        parent.kill()
    assert workers
    assert gone(*workers)


def test_batches_are_timed_one_by_one(lite0, inputs):
    found = process.measured(SHIPPED, str(lite0.onnx_path), inputs, 4, batches=(1, 3))
    assert not found.error
    assert {batch: len(laps) for batch, laps in found.laps.items()} == {1: 4, 3: 4}
    assert found.percentile95(3) >= found.median(3) > 0
    assert found.first > found.median()
    assert list(found.logits) == ["0"]
