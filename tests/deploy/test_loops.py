"""A model that would never be open is refused before ONNX Runtime sees it."""

from __future__ import annotations

import time

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from lib.deploy import BadModel, Model
from lib.deploy.loops import has_loop


def endless() -> onnx.NodeProto:
    """A loop whose condition stays true, of constants alone."""
    info = helper.make_tensor_value_info
    yes, index = info("yes", TensorProto.BOOL, []), info("i", TensorProto.INT64, [])
    body = helper.make_graph(
        [helper.make_node("Identity", ["yes"], ["still"]), helper.make_node("Identity", ["sum"], ["next"])],
        "body",
        [index, yes, info("sum", TensorProto.FLOAT, [])],
        [info("still", TensorProto.BOOL, []), info("next", TensorProto.FLOAT, [])],
    )
    return helper.make_node("Loop", ["", "true", "zero"], ["end"], name="abc", body=body)


def model(*nodes: onnx.NodeProto, **more) -> onnx.ModelProto:
    constants = [numpy_helper.from_array(np.array(True), "true"), numpy_helper.from_array(np.array(0, np.float32), "zero")]
    graph = helper.make_graph(
        list(nodes), "graph", [], [helper.make_tensor_value_info("end", TensorProto.FLOAT, [])], initializer=constants
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10, **more)


def within_if() -> onnx.ModelProto:
    branch = helper.make_graph([endless()], "branch", [], [helper.make_tensor_value_info("end", TensorProto.FLOAT, [])])
    return model(helper.make_node("If", ["true"], ["end"], then_branch=branch, else_branch=branch))


def within_function() -> onnx.ModelProto:
    opsets = [helper.make_opsetid("", 20)]
    function = helper.make_function("ours", "Spin", ["true", "zero"], ["end"], [endless()], opsets)
    made = model(helper.make_node("Spin", ["true", "zero"], ["end"], domain="ours"), functions=[function])
    made.opset_import.append(helper.make_opsetid("ours", 1))
    return made


def wordy(data: bytes) -> bytes:
    """The same, with the operator's field and length in the bytes of its name too, which protobuf reads."""
    assert b"\x1a\x03abc\x22\x04Loop" in data
    return data.replace(b"\x1a\x03abc\x22\x04Loop", b"\xa2\x80\x00\x84\x80\x80\x00Loop")


@pytest.mark.parametrize("made", [lambda: model(endless()), within_if, within_function], ids=["graph", "if", "function"])
def test_a_loop_is_refused_wherever_it_lies_and_soon(tmp_path, made):
    onnx.save(made(), tmp_path / "model.onnx")
    started = time.monotonic()
    with pytest.raises(BadModel, match="has a Loop, which may never end"):
        Model.open(tmp_path / "model.onnx")
    assert time.monotonic() - started < 10


def found(data: bytes, path) -> bool:
    path.write_bytes(data)
    with path.open("rb") as file:
        return has_loop(file)


def test_numbers_in_more_bytes_than_they_need_hide_nothing(tmp_path):
    data = wordy(model(endless()).SerializeToString())
    assert onnx.load_model_from_string(data).graph.node[0].op_type == "Loop"
    assert found(data, tmp_path / "model.onnx")


def test_an_operator_in_onnx_runtimes_own_format_is_found(tmp_path):
    assert found(b"\x08\0\0\0ORTM \x04\0\0\0Loop\0", tmp_path / "model.ort")


@pytest.mark.parametrize("data", [b"", b"Loop", b"no model", b'["Loop", "Loops"]', b"\x22\x05Loops"[1:]])
def test_the_word_alone_is_no_loop(tmp_path, data):
    assert not found(data, tmp_path / "model.onnx")


def test_names_of_classes_nodes_and_values_may_be_loop(tmp_path):
    node = helper.make_node("Identity", ["zero"], ["Loop"], name="Loop", doc_string="Loop")
    made = model(node, helper.make_node("Identity", ["Loop"], ["end"]))
    helper.set_model_props(made, {"handoff.classes": '["Loop", "loop"]', "Loop": "Loop"})
    assert not found(made.SerializeToString(), tmp_path / "model.onnx")


def test_what_the_workbook_exports_has_none(lite0):
    with lite0.onnx_path.open("rb") as file:
        assert not has_loop(file)
