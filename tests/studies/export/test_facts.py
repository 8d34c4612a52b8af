"""What a file says of itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from lib.export import graph
from lib.studies.export.facts import Facts


def test_they_are_those_of_the_file(few):
    path, facts = few.onnx_path, Facts.of(few.onnx_path)
    model, data = onnx.load(path), path.read_bytes()
    assert facts.path == path
    assert (facts.size, facts.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert facts.opset == few.opset == graph.opset(model)
    assert facts.operators == graph.inventory(model)
    assert facts.nodes == len(model.graph.node)
    assert facts.tensors == len(model.graph.initializer)
    assert facts.free_axes == 3
    assert [row[1] for row in facts.signature] == ["image", "logits"]
    assert facts.provenance["weights_sha256"] == few.weights_sha256


def test_a_healthy_file_has_nothing_against_it(few):
    facts = Facts.of(few.onnx_path)
    assert facts.external_tensors == facts.non_finite_weights == facts.foreign_nodes == facts.complaints == 0


def test_what_is_wrong_with_a_file_is_counted(tmp_path):
    weight = numpy_helper.from_array(np.full((1, 1, 1, 64), np.nan, np.float32), "w")
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"]),
        helper.make_node("Relu", ["c"], ["y"], domain="com.example"),
    ]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, 8, "width"]) for name in ("x", "y")]
    body = helper.make_graph(nodes, "small", values[:1], values[1:], [weight])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.example", 1)]
    path = tmp_path / "small.onnx"
    onnx.save(helper.make_model(body, opset_imports=opsets), path, save_as_external_data=True, size_threshold=0)
    facts = Facts.of(path)
    assert facts.opset == 17
    assert (facts.tensors, facts.external_tensors, facts.non_finite_weights) == (1, 1, 64)
    assert facts.foreign_nodes == 1
    assert facts.free_axes == 1
    assert facts.provenance == {}


@pytest.mark.parametrize(("complaint", "count"), [("", 0), ("no such input", 1)])
def test_the_checker_stops_at_its_first_complaint(few, complaint, count):
    assert replace(Facts.of(few.onnx_path), complaint=complaint).complaints == count
