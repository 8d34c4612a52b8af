"""Model files that cannot be used, each refused in one line that says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import ModelProto, numpy_helper

from lib.deploy import BadModel, BadPhoto, Contract, Domain, Model
from lib.deploy.stages import preprocessing
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
    with pytest.raises(BadModel) as raised:
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


CONTRACT = {"size": 32, "rule": "squash", "filter": "box", "mean": [0.5] * 3, "std": [0.5] * 3, "crop": None}
GOOD = {
    "handoff.contract": json.dumps(CONTRACT),
    "handoff.domain": json.dumps({"least": 32, "most": 64}),
    "handoff.classes": json.dumps(["red", "green", "blue"]),
}
DEEP = "[" * 100_000


def tiny(
    path: Path, entries: dict[str, str], graph: str = "answer = GlobalAveragePool(image) logits = Flatten(answer)"
) -> Path:
    """A network that answers with the mean of each channel, with these entries in its metadata."""
    text = f'<ir_version: 10, opset_import: ["" : 20]> net (float[n, 3, h, w] image) => (float[n, c] logits) {{ {graph} }}'
    model = onnx.parser.parse_model(text)
    onnx.helper.set_model_props(model, entries)
    onnx.save(model, path)
    return path


def test_the_tiny_network_is_fine(tmp_path):
    assert Model.open(tiny(tmp_path / "model.onnx", GOOD)).classes == ("red", "green", "blue")


@pytest.mark.parametrize("key", GOOD)
@pytest.mark.parametrize("value", ["", "x", "[]", "{}", "3", "null", '"text"', "NaN", DEEP, "9" * 5000, '{"a": 1}', "\n"])
def test_metadata_of_another_type_are_refused(tmp_path, key, value):
    said = refused(tiny(tmp_path / "model.onnx", GOOD | {key: value}))
    assert key in said or (key == "handoff.classes" and "names 0 classes" in said)
    assert said.endswith("export it with notebook 01_export")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("handoff.classes", ["red", "green"], "it answers with float32 (1, 3), and names 2 classes"),
        ("handoff.classes", ["red", "green", 3], "it takes a list of class names"),
        ("handoff.classes", ["red", "green", "\ud800"], "it takes a list of class names"),
        ("handoff.classes", "red", "it takes a list of class names"),
        ("handoff.domain", {"least": 10**9, "most": 10**9}, "it takes 'least' and 'most'"),
        ("handoff.domain", {"least": 2000, "most": 3000}, "it takes 'least' and 'most'"),
        ("handoff.domain", {"least": 32, "most": 10**400}, "it takes 'least' and 'most'"),
        ("handoff.domain", {"least": True, "most": 64}, "it takes 'least' and 'most'"),
        ("handoff.contract", CONTRACT | {"size": 10**9}, "field 'size' is 1000000000; it takes a whole number of pixels, 1 to"),
        ("handoff.contract", CONTRACT | {"mean": [10**400, 0, 0]}, "it takes three numbers"),
        ("handoff.contract", CONTRACT | {"std": [True, 1, 1]}, "it takes three numbers"),
        ("handoff.contract", CONTRACT | {"rule": None}, "field 'rule' is None"),
    ],
)
def test_metadata_of_absurd_values_are_refused(tmp_path, key, value, said):
    assert said in refused(tiny(tmp_path / "model.onnx", GOOD | {key: json.dumps(value)}))


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        ("flat = Flatten(image) logits = Slice(flat, flat, flat)", "ONNX Runtime cannot load this file"),
        (
            "shape = Constant<value_ints = [1, 7]>() logits = Reshape(image, shape)",
            "it cannot answer a plain grey picture",
        ),
        ("logits = Flatten(image)", "it answers with float32 (1, 3072), and names 3 classes"),
    ],
)
def test_a_network_that_does_not_answer_as_it_says_is_refused(tmp_path, graph, said):
    assert said in refused(tiny(tmp_path / "model.onnx", GOOD, graph))


@pytest.mark.parametrize(
    "values", [[], 3, None, {"least": 0, "most": 10}, {"least": 20, "most": 10}, {"least": 1.5, "most": 10}]
)
def test_a_domain_that_makes_no_sense_is_refused(values):
    with pytest.raises(BadModel, match=r"model\.onnx: is .*; it takes 'least' and 'most'"):
        Domain.from_mapping(values, "model.onnx")


def test_a_domain_comes_back_from_its_json():
    assert Domain.from_mapping(json.loads(Domain(32, 1024).to_json()), "") == Domain(32, 1024)


@pytest.mark.parametrize(
    ("rule", "crop", "longest", "words"),
    [
        ("squash", None, None, "every photo is fed at 224 × 224 pixels, and none is refused"),
        ("shorter-side-crop", 192, 16384, "photos are fed at 192 × 192 pixels; refused if the longer side"),
        ("shorter-side", None, 1024, "a shorter side of 224 pixels and a longer one of at most 1024, or refused"),
    ],
)
def test_what_photos_are_fed_at_and_which_are_too_long_depends_on_the_rule(rule, crop, longest, words):
    contract, domain = Contract(224, rule, "bilinear", (0.5,) * 3, (0.5,) * 3, crop), Domain(32, 1024)
    assert domain.longest(contract) == longest
    assert words in domain.of_photos(contract)
    sides = {1: True, 4: True, 5: longest != 1024, 73: longest != 1024, 74: longest is None}
    for longer, taken in sides.items():
        if taken:
            domain.require(*preprocessing(contract)[0].fed(1, longer))
        else:
            with pytest.raises(BadPhoto):
                domain.require(*preprocessing(contract)[0].fed(1, longer))


def broken_when_opened(model: ModelProto) -> None:
    model.graph.node[0].input[0] = "nowhere"


def broken_when_run(model: ModelProto) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.array([7, 7, 7]), "sevens"))
    node = onnx.helper.make_node("Reshape", [model.graph.output[0].name + "_", "sevens"], [model.graph.output[0].name])
    model.graph.node[-1].output[0] += "_"
    model.graph.node.append(node)


@pytest.mark.parametrize("change", [broken_when_opened, broken_when_run])
def test_onnx_runtime_prints_nothing_beside_the_one_line(file, capfd, change):
    assert file(change)
    assert capfd.readouterr() == ("", "")
