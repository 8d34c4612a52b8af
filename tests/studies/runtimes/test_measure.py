"""Libraries in processes of their own: what they answer, and what becomes of one that does not."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from lib.studies.runtimes import pictures as report
from lib.inputs.photos import Photos
from lib.runtimes import comparison, converter, harness
from lib.studies.runtimes.measure import NO_CONVERTER, Compared
from lib.runtimes.engines import EAGER, ENGINES, EVALUATOR, OPENCV, OPENCV_CLASSIC, OPENVINO, OPENVINO_F32, SHIPPED
from lib.runtimes.process import Measured
from tests.conftest import assert_whole


@pytest.fixture(scope="module")
def two(lite0):
    """The migration on two photos of different shapes, on one of which OpenCV's new engine is wrong."""
    return replace(lite0, photos=Photos((lite0.photos.readable[0], lite0.photos.readable[4]), ()))


@pytest.fixture(scope="module")
def results(two, tmp_path_factory) -> list[Compared]:
    with pytest.MonkeyPatch.context() as patch:
        nowhere = tmp_path_factory.mktemp("none")
        patch.setattr(converter, "environment", lambda: nowhere / "converter")
        patch.setattr(converter, "folder_of", lambda _: nowhere / "converted")
        return comparison.compared(two, 2)


def named(results: list[Compared], name: str) -> Compared:
    return next(each for each in results if each.engine.name == name)


def answered(results: list[Compared], name: str) -> Compared:
    engine = ENGINES[name]
    module = {"openvino": "openvino", "ai-edge-litert": "ai_edge_litert"}.get(engine.package)
    if module and importlib.util.find_spec(module) is None:
        pytest.skip(f"{engine.package} is not installed; pip install -e '.[runtimes]'")
    found = named(results, name)
    assert found.answered, found.measured.error
    return found


@pytest.mark.parametrize("name", [EAGER, SHIPPED, EVALUATOR, OPENCV_CLASSIC, OPENVINO_F32])
def test_libraries_agree_with_pytorch_at_every_shape(results, name):
    found = answered(results, name)
    assert found.difference < 1e-3
    assert found.judged < 1e-3
    assert found.flips == 0
    assert found.measured.first > 0
    assert found.measured.median() > 0
    assert found.measured.memory > 20e6
    assert found.measured.installed > 20e6
    assert found.measured.version
    assert found.measured.licence


def test_opencvs_new_engine_is_found_out(results):
    assert answered(results, OPENCV).difference > 0.1
    assert ENGINES[OPENCV].exhibit
    assert "no answer" not in report.both_ways(results, OPENCV, OPENCV_CLASSIC, 2)


def test_a_library_that_is_missing_is_a_row_that_says_so(results):
    assert named(results, "TensorRT").measured.error == "no NVIDIA GPU on this machine; TensorRT runs on nothing else"
    assert named(results, "MXNet").measured.error == "not installed: mxnet"
    assert named(results, "LiteRT").measured.error in (NO_CONVERTER, "not installed: ai_edge_litert")
    assert named(results, "TensorFlow").measured.error == NO_CONVERTER
    page = report.answers(results, 2, 1e-3)
    for name in ("TensorRT", "MXNet", "LiteRT", "TensorFlow"):
        assert f">{name}</th>" in page
    assert "No answer came from LiteRT, TensorFlow, TensorRT, MXNet." in page


def test_a_library_that_fails_is_a_row_that_says_why(tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    found = harness.measured(SHIPPED, str(tmp_path / "broken.onnx"), {"0": np.zeros((1, 3, 32, 32), np.float32)}, 1)
    assert "INVALID_PROTOBUF" in found.error
    assert np.isnan(found.median())


def test_a_process_that_dies_or_hangs_is_a_row_too(monkeypatch, tmp_path, lite0):
    inputs = {"0": np.zeros((1, 3, 32, 32), np.float32)}
    assert "ended with code" in harness.measured("no such engine", "", inputs, 1).error
    monkeypatch.setattr(harness, "TIMEOUT", 0.01)
    assert harness.measured(SHIPPED, str(lite0.onnx_path), inputs, 1).error == "took longer than 0.01 s"


def test_batches_are_timed_one_by_one(lite0):
    inputs = {"0": np.zeros((1, 3, 64, 64), np.float32)}
    found = harness.measured(SHIPPED, str(lite0.onnx_path), inputs, 4, batches=(1, 3))
    assert {batch: len(laps) for batch, laps in found.laps.items()} == {1: 4, 3: 4}
    assert found.percentile95(3) >= found.median(3)


def test_a_worker_loads_nothing_but_its_engine():
    code = "import sys, lib.runtimes.worker; print([m for m in ('torch', 'cv2', 'onnx', 'onnxruntime') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_the_pooling_is_said_in_onnxs_own_word_before_the_conversion(lite0, tmp_path):
    model = converter.pooled(onnx.load(lite0.onnx_path))
    assert [node.op_type for node in model.graph.node].count("GlobalAveragePool") == 1
    assert not any(node.op_type == "ReduceMean" for node in model.graph.node)
    onnx.save(model, tmp_path / "pooled.onnx")
    tensor = np.random.default_rng(0).standard_normal((2, 3, 97, 64), dtype=np.float32)
    answers = [ENGINES[SHIPPED].load(str(path))(tensor) for path in (lite0.onnx_path, tmp_path / "pooled.onnx")]
    np.testing.assert_allclose(*answers, atol=1e-4)


def test_the_converted_model_agrees(two):
    if converter.python() is None:
        pytest.skip("the converter is not installed; make report RUNTIMES=all")
    tensors = {str(i): trace.normalise for i, (_, trace) in enumerate(two.reference_traces)}
    for name in ("LiteRT", "TensorFlow"):
        reads, python = comparison.source(two, ENGINES[name])
        found = harness.measured(name, reads, tensors, 2, python=python)
        assert not found.error
        for i, (_, trace) in enumerate(two.reference_traces):
            np.testing.assert_allclose(found.logits[str(i)], trace.infer, atol=1e-3)


def test_a_default_that_changes_nothing_is_no_warning():
    def one(name: str, difference: float) -> Compared:
        return Compared(ENGINES[name], "", Measured(name, "", {}), difference, difference, 0)

    assert 'class="warning"' in report.both_ways([one(OPENVINO, 0.2), one(OPENVINO_F32, 1e-5)], OPENVINO, OPENVINO_F32, 7)
    assert 'class="finding"' in report.both_ways([one(OPENVINO, 1e-5), one(OPENVINO_F32, 1e-5)], OPENVINO, OPENVINO_F32, 7)
    assert "did not answer" in report.both_ways([], OPENVINO, OPENVINO_F32, 7)


def test_pictures_of_runtimes_are_whole(results, drawn):
    assert "stay within the tolerance of 0.001 logits" in report.differences(results, 1e-3)
    assert "times as soon as eager PyTorch" in report.times(results)
    report.costs(results, 2)
    for figure in drawn:
        assert_whole(figure)


def test_the_converters_requirements_are_exact():
    lines = [line for line in converter.REQUIREMENTS.read_text().splitlines() if not line.startswith("#")]
    assert all("==" in line for line in lines)
    assert {"onnx2tf", "tensorflow"} <= {line.split("==")[0] for line in lines}


def test_a_notebook_that_measures_time_runs_alone():
    notebooks = Path(__file__).parents[1] / "notebooks"
    alone = [path.stem for path in notebooks.glob("*.ipynb") if json.loads(path.read_text())["metadata"].get("alone")]
    assert sorted(alone) == ["07_layers", "08_runtimes"]
