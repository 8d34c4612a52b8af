"""Changes to graphs, on a graph of two nodes."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import parser

from lib.deploy.sessions import open_session
from lib.gate import graphs

TEXT = """<ir_version: 10, opset_import: ["" : 20]>
small (float[batch, 3, height, width] image) => (float[batch, 3] logits)
<float[3, 3] weight = {1, 0, 0, 0, 1, 0, 0, 0, 1}, int64[2] axes = {2, 3}>
{
  mean = ReduceMean <keepdims = 0> (image, axes)
  logits = MatMul (mean, weight)
}"""


@pytest.fixture
def model() -> onnx.ModelProto:
    return parser.parse_model(TEXT)


def answer(model, *shape: int):
    image = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    return open_session(model.SerializeToString()).run(None, {"image": image})[0]


def test_numbers_of_one_initializer_are_rewritten(model):
    right = answer(model, 1, 3, 4, 5)
    graphs.rewritten("weight", lambda values: values * 2)(model)
    np.testing.assert_array_equal(answer(model, 1, 3, 4, 5), 2 * right)


def test_every_weight_is_rewritten_and_no_axes(model):
    graphs.every_weight(np.zeros_like)(model)
    assert not answer(model, 1, 3, 4, 5).any()


def test_a_node_is_bypassed(model):
    graphs.rewritten("weight", lambda values: values * 2)(model)
    graphs.bypassed("MatMul")(model)
    np.testing.assert_array_equal(answer(model, 1, 3, 2, 2), [[1.5, 5.5, 9.5]])


@pytest.mark.parametrize(("shape", "factor"), [((1, 3, 4, 5), 1), ((1, 3, 6, 5), 10), ((2, 3, 8, 5), 10), ((1, 3, 9, 5), 1)])
def test_logits_are_scaled_where_an_axis_is_of_some_length(model, shape, factor):
    right = answer(model, *shape)
    graphs.scaled_where(2, 6, 8, 10.0)(model)
    np.testing.assert_allclose(answer(model, *shape), factor * right)


def test_attributes_are_set_only_where_there_are_any(model):
    graphs.with_attribute("MatMul", "keepdims", 1)(model)
    graphs.with_attribute("ReduceMean", "keepdims", 1)(model)
    assert [len(node.attribute) for node in model.graph.node] == [1, 0]
    assert model.graph.node[0].attribute[0].i == 1


def test_metadata_is_changed_or_removed(model):
    onnx.helper.set_model_props(model, {"a": "1", "b": "2"})
    graphs.metadata("a", lambda text: text + "!")(model)
    graphs.metadata("b", lambda _: None)(model)
    assert {each.key: each.value for each in model.metadata_props} == {"a": "1!"}
