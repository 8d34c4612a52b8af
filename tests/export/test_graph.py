"""What an ONNX file is said to contain."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from lib.export import graph


@pytest.fixture
def small() -> onnx.ModelProto:
    """x -> Conv -> Sigmoid * -> Relu of another domain."""
    weight = np.ones((1, 1, 1, 1), np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"]),
        helper.make_node("Sigmoid", ["c"], ["s"]),
        helper.make_node("Mul", ["c", "s"], ["m"]),
        helper.make_node("Relu", ["m"], ["y"], domain="com.example"),
    ]
    shape = ["batch", 1, "height", 4]
    body = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(weight, "w")],
    )
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.example", 1)])


def test_inventory_names_foreign_operators(small):
    assert graph.inventory(small) == {"Conv": 1, "Sigmoid": 1, "Mul": 1, "com.example::Relu": 1}
    assert graph.foreign_nodes(small) == 1


def test_opset_is_that_of_the_standard(small):
    assert graph.opset(small) == 17


def test_signature_and_free_axes(small):
    assert graph.signature(small)[0] == ("input", "x", "float32 (batch, 1, height, 4)")
    assert graph.free_axes(small) == 2


def test_around_follows_the_activation(small):
    assert graph.around(small, "Sigmoid") == ["Conv", "Sigmoid", "Mul", "Relu"]
    assert graph.around(small, "Tanh") == []


def test_non_finite_weights_are_counted(small):
    small.graph.initializer[0].CopyFrom(numpy_helper.from_array(np.full((1, 1, 2, 1), np.nan, np.float32), "w"))
    assert graph.non_finite_weights(small) == 2


def test_tensors_in_other_files_are_counted(small, tmp_path):
    small.graph.initializer[0].CopyFrom(numpy_helper.from_array(np.ones((1, 1, 64, 64), np.float32), "w"))
    onnx.save(small, tmp_path / "split.onnx", save_as_external_data=True, size_threshold=0)
    assert graph.external_tensors(tmp_path / "split.onnx") == 1


def test_the_checker_is_listened_to(small, tmp_path):
    small.graph.node[1].input[0] = "nowhere"
    onnx.save(small, tmp_path / "broken.onnx")
    assert "nowhere" in graph.checker_complaint(tmp_path / "broken.onnx")
