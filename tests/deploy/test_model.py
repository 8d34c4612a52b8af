"""Model files that cannot be used, each refused in one line that says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import onnx
import pytest
from onnx import ModelProto, numpy_helper

from lib.deploy import BadInput, Domain, Model
from lib.export.end_to_end import written
from tests.conftest import encoded, picture


@pytest.fixture
def file(tmp_path, lite0) -> Callable[..., str]:
    """A file made from the exported one by a change, and what is said of it."""

    def said(change: Callable[[ModelProto], None]) -> str:
        model = onnx.load(lite0.onnx_path)
        change(model)
        onnx.save(model, tmp_path / "model.onnx")
        return refused(tmp_path / "model.onnx")

    return said


def refused(path) -> str:
    with pytest.raises(BadInput) as raised:
        Model.open(path)
    said = str(raised.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    return said.removeprefix(f"{path}: ")


def dims(model: ModelProto):
    return model.graph.input[0].type.tensor_type.shape.dim


def renamed(model: ModelProto) -> None:
    for node in model.graph.node:
        node.input[:] = ["photo" if name == "image" else name for name in node.input]
    model.graph.input[0].name = "photo"


def fixed(model: ModelProto) -> None:
    dims(model)[2].dim_value = dims(model)[3].dim_value = 224


def channels_last(model: ModelProto) -> None:
    transpose = onnx.helper.make_node("Transpose", ["image"], ["planes"], perm=[0, 3, 1, 2])
    for node in model.graph.node:
        node.input[:] = ["planes" if name == "image" else name for name in node.input]
    model.graph.node.insert(0, transpose)
    del model.graph.input[:]
    model.graph.input.append(onnx.helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, ["n", "height", "width", 3]))


def with_nan(model: ModelProto) -> None:
    tensor = [tensor for tensor in model.graph.initializer if len(tensor.dims) == 4][20]
    values = numpy_helper.to_array(tensor).copy()
    values.flat[0] = np.nan
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))


def newer_operators(model: ModelProto) -> None:
    model.opset_import[0].version = 99


def newer_file(model: ModelProto) -> None:
    model.ir_version = 99


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (renamed, "it takes 'photo' where one input is expected, 'image' or"),
        (fixed, "(batch, 3, height, width) of any size, and it takes only height 224, width 224"),
        (channels_last, "'image' is expected as float (batch, 3, height, width), and it takes float (n, height, width, 3)"),
        (with_nan, "it answers a plain grey picture with NaN"),
        (newer_operators, "written in operator set 99, newer than onnxruntime"),
        (newer_file, "written in file version 99, newer than onnxruntime"),
        (lambda model: model.ClearField("metadata_props"), "the model carries no 'handoff.contract'"),
        (lambda model: model.ClearField("graph"), "not an ONNX file, or cut short"),
    ],
)
def test_a_model_that_cannot_be_used_is_refused(file, change, said):
    assert said in file(change)


@pytest.mark.parametrize("content", [b"", b"no model" * 50, encoded(picture(30, 20))])
def test_what_is_no_onnx_file_is_refused(tmp_path, content):
    (tmp_path / "model.onnx").write_bytes(content)
    assert refused(tmp_path / "model.onnx") == "not an ONNX file, or cut short; copy or export it again"


def test_a_truncated_file_is_refused(tmp_path, lite0):
    whole = lite0.onnx_path.read_bytes()
    (tmp_path / "model.onnx").write_bytes(whole[: len(whole) // 2])
    assert refused(tmp_path / "model.onnx") == "not an ONNX file, or cut short; copy or export it again"


def test_a_missing_file_is_named(tmp_path):
    assert refused(tmp_path / "none.onnx") == "no such model file; export it first (notebook 01_export)"


def test_weights_that_were_left_behind_are_named(tmp_path, lite0):
    model = onnx.load(lite0.onnx_path)
    onnx.save_model(model, tmp_path / "model.onnx", save_as_external_data=True, location="model.data", size_threshold=1024)
    (tmp_path / "model.data").unlink()
    assert "its weights are kept in model.data, which is not beside it; hand over both" in refused(tmp_path / "model.onnx")


def test_both_files_open_and_say_their_domain(lite0):
    for path in (lite0.onnx_path, written(lite0.onnx_path, lite0.subject.contract)):
        assert Model.open(path).domain == Domain(32, 1024)


@pytest.mark.parametrize("values", [{}, {"least": 0, "most": 10}, {"least": 20, "most": 10}, {"least": 1.5, "most": 10}])
def test_a_domain_that_makes_no_sense_is_refused(values):
    with pytest.raises(BadInput, match=r"model\.onnx: is .*; it takes 'least' and 'most'"):
        Domain.from_mapping(values, "model.onnx")


def test_a_domain_comes_back_from_its_json():
    assert Domain.from_mapping(json.loads(Domain(32, 1024).to_json()), "") == Domain(32, 1024)
