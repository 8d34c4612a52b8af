"""The same photos through every library that is installed."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from lib.deploy import STAGES
from lib.handoff import Handoff
from lib.runtimes import RUNTIMES, converter, opencv, openvino
from lib.runtimes.onnx_runtime import SHIPPED
from lib.runtimes.process import Measured, measured
from lib.runtimes.pytorch import COMPILED, EAGER
from lib.runtimes.reference_evaluator import EVALUATOR
from lib.studies.runtimes import measure
from lib.studies.runtimes.measure import NO_CONVERTER, Answers


def named(results: list[Answers], name: str) -> Answers:
    (found,) = measure.named(results, name)
    return found


def answered(results: list[Answers], name: str) -> Answers:
    found = named(results, name)
    assert found.answered, found.process.error
    return found


@pytest.mark.parametrize("name", [EAGER, SHIPPED, EVALUATOR, opencv.CLASSIC, openvino.FLOAT32])
def test_libraries_agree_with_pytorch_at_every_shape(results, name, two, rules):
    found = answered(results, name)
    tolerance = rules["runtimes.logits"].threshold
    assert found.difference <= tolerance
    assert found.from_evaluator <= tolerance
    assert found.flips == 0
    assert [each.photo for each in found.reference] == [photo.name for photo in two.photos.readable]
    assert found.process.first > 0
    assert found.process.median() > 0
    assert found.process.memory > 20e6
    assert found.process.installed > 20e6
    assert found.process.version
    assert found.process.licence


def test_a_default_that_changes_the_answer_is_informational_and_found_out(results):
    found = answered(results, opencv.AS_IT_COMES)
    assert found.difference > 1000 * answered(results, opencv.CLASSIC).difference
    assert found.runtime.informational
    assert found not in measure.held(results, EAGER)


def test_what_is_held_to_the_tolerance_is_neither_informational_nor_pytorch(results):
    names = {each.runtime.name for each in measure.held(results, EAGER)}
    assert {SHIPPED, EVALUATOR, opencv.CLASSIC} <= names
    assert not names & {EAGER, COMPILED, opencv.AS_IT_COMES, openvino.AS_IT_COMES, "TensorRT", "MXNet"}


def test_a_library_that_is_missing_is_a_row_that_says_so(results):
    assert named(results, "TensorRT").process.error == "no NVIDIA GPU on this machine; TensorRT runs on nothing else"
    assert named(results, "MXNet").process.error == "it cannot be installed"
    assert "Apache Attic" in named(results, "MXNet").took
    assert named(results, "LiteRT").process.error in (NO_CONVERTER, "not installed: ai_edge_litert")
    assert named(results, "TensorFlow").process.error == NO_CONVERTER
    assert np.isnan(named(results, "TensorFlow").difference)


def test_the_compiled_network_is_the_benchmarks(results):
    assert measure.named(results, COMPILED) == []


def test_the_reference_runs_once_a_photo(measured_once, two):
    results, written = measured_once
    assert {stage: len(given) for stage, given in written.inputs.items()} == dict.fromkeys(STAGES, len(two.photos.readable))
    assert len(named(results, EVALUATOR).reference) == len(two.photos.readable)


def test_the_converted_model_agrees(two: Handoff, tmp_path):
    if converter.python() is None:
        pytest.skip("the converter is not installed; make report RUNTIMES=all")
    traces = [two.reference.trace(photo.data) for photo in two.photos.readable]
    for i, trace in enumerate(traces):
        np.save(tmp_path / f"{i}.npy", trace.normalise)
    for name in ("LiteRT", "TensorFlow"):
        reads, python = measure.source(two, RUNTIMES[name])
        found = measured(name, reads, tmp_path, 2, python=python)
        assert not found.error
        for i, trace in enumerate(traces):
            np.testing.assert_allclose(found.logits[str(i)], trace.infer, atol=1e-3)


def test_what_an_answer_costs_stands_beside_pytorchs_with_how_it_was_measured(results, two):
    told = measure.costs(results, two, rounds=2)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert (told["pytorch"]["name"], told["shipped"]["name"]) == (EAGER, SHIPPED)
    for name, cost in ((EAGER, told["pytorch"]), (SHIPPED, told["shipped"])):
        process = named(results, name).process
        assert cost["missing"] == ""
        assert (cost["version"], cost["first_s"], cost["median_s"]) == (process.version, process.first, process.median())
        assert (cost["memory_bytes"], cost["installed_bytes"]) == (process.memory, process.installed)
    assert told["shipped"]["installed_bytes"] < told["pytorch"]["installed_bytes"]
    conditions = told["conditions"]
    assert (conditions["photo"], conditions["rounds"], conditions["batch"]) == (two.photos.readable[0].name, 2, 1)
    assert conditions["threads"] >= 1


def test_a_library_without_an_answer_costs_nothing_that_is_known(results, two):
    lost = [
        replace(each, process=Measured(SHIPPED, "its process ended with code 1", {})) if each.runtime.name == SHIPPED else each
        for each in results
    ]
    cost = measure.costs(lost, two, rounds=2)["shipped"]
    assert cost.pop("missing") == "its process ended with code 1"
    assert cost == {"name": SHIPPED, "version": ""} | dict.fromkeys(
        ("first_s", "median_s", "percentile95_s", "memory_bytes", "installed_bytes")
    )


def test_libraries_are_told_by_what_they_answer(results, rules):
    told = measure.libraries(results, rules["runtimes.logits"].threshold)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert {SHIPPED, EVALUATOR, opencv.CLASSIC} <= set(told["right"])
    assert EAGER not in told["right"]
    wrong = {each["name"]: each for each in told["wrong"]}
    default = named(results, opencv.AS_IT_COMES)
    assert wrong[opencv.AS_IT_COMES] == {
        "name": opencv.AS_IT_COMES,
        "logits": default.difference,
        "other_classes": default.flips,
        "photos": 2,
        "informational": True,
    }
    assert {"name": "MXNet", "reason": "it cannot be installed"} in told["missing"]
    assert len(told["right"]) + len(wrong) + len(told["missing"]) == len(results) - 1
    assert [each["name"] for each in measure.libraries(results, 0.0)["wrong"]] == [
        each.runtime.name for each in results if each.answered and each.runtime.name != EAGER
    ]
