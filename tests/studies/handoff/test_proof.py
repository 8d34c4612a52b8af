"""A wheel in an environment of its own: what is asked of it there, and that a tampered one is noticed."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lib.bundle import versions
from lib.bundle.libraries import Library, needed_by
from lib.bundle.wheel import build
from lib.inputs.weights import digest_of
from lib.studies.handoff import proof
from lib.studies.handoff.proof import Proof, prove
from tests.conftest import encoded, picture
from tests.packed import CLASSES, MODULE, contents_of, tiny

PHOTOS = {"a b.png": encoded(picture(60, 40)), "é.png": encoded(picture(40, 60))}


@pytest.fixture(scope="module")
def tampered(lite0, tmp_path_factory) -> Proof:
    """What comes of a wheel whose model, and whose word of it, were exchanged for another after it was built."""
    folder = tmp_path_factory.mktemp("tampered")
    packed = contents_of(tiny(lite0, folder))
    wheel = build(packed, folder / "out")
    other = folder / "other"
    other.mkdir()
    swapped(wheel, tiny(lite0, other, classes=CLASSES).onnx_path)
    return prove(wheel, packed.manifest, versions.sets("installed")[0], len(CLASSES), PHOTOS, None, None, 2)


def swapped(wheel: Path, model: Path) -> None:
    """Put a model that answers the opposite into a wheel, with a manifest that vouches for it."""
    import onnx

    network = onnx.load(model)
    network.graph.node.insert(len(network.graph.node) - 1, onnx.helper.make_node("Neg", ["answer"], ["opposite"]))
    network.graph.node[-1].input[0] = "opposite"
    onnx.save(network, model)
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(files[f"{MODULE}/data/manifest.json"])
    told["files"]["data/model.onnx"] = digest_of(model)
    files[f"{MODULE}/data/manifest.json"] = json.dumps(told).encode()
    files[f"{MODULE}/data/model.onnx"] = model.read_bytes()
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, "" if name.endswith("RECORD") else data)


def test_a_package_that_answers_otherwise_says_so_itself_and_its_answers_are_others(tampered, lite0, tmp_path):
    expected = tiny(lite0, tmp_path).reference
    assert not tampered.passed
    assert "infer off by" in tampered.selftest.stdout
    assert tampered.answers.keys() == PHOTOS.keys()
    for name, data in PHOTOS.items():
        assert np.abs(tampered.answers[name] - expected(data)[0]).max() > 1e-4  # which handoff.probabilities allows


def test_what_was_not_asked_for_is_not_measured(tampered):
    assert tampered.cost is None
    assert tampered.beside == {}


def test_what_is_installed_is_what_the_wheel_requires(tampered):
    assert {"numpy", "onnxruntime", "pillow"} <= {each.name for each in tampered.libraries}
    assert "tiny-onnx" not in {each.name for each in tampered.libraries}
    assert tampered.unneeded == ()
    assert tampered.without_pytorch


def test_a_sound_package_notices_an_edited_trace_and_answers_everything(study):
    (proven,) = study.proven
    assert proven.proof.passed
    assert proven.proof.notices
    assert proven.proof.answers.keys() == proven.proof.beside.keys() == study.pictures.keys()
    assert all(abs(each.sum() - 1) < 1e-4 for each in proven.proof.answers.values())


def test_what_nothing_requires_is_told_from_what_something_does():
    libraries = [
        Library("mine-onnx", "1", "", ("numpy", "onnxruntime"), ""),
        Library("numpy", "1", "", (), ""),
        Library("onnxruntime", "1", "", ("flatbuffers", "numpy", "mine-onnx"), ""),
        Library("flatbuffers", "1", "", (), ""),
        Library("torch", "1", "", ("sympy",), ""),
        Library("sympy", "1", "", (), ""),
    ]
    assert needed_by(["mine-onnx"], libraries) == {"mine-onnx", "numpy", "onnxruntime", "flatbuffers"}
    assert needed_by(["gone"], libraries) == {"gone"}


def test_answers_are_read_by_class_and_those_that_are_missing_stay_so():
    lines = [
        {"photo": "/x/a.png", "predictions": [{"index": 1, "probability": 0.75}, {"index": 0, "probability": 0.25}]},
        {"photo": "/x/b.png", "predictions": [{"index": 0, "probability": 1.0}]},
        {"photo": "/x/c.png", "error": "no photo"},
    ]
    ran = subprocess.CompletedProcess([], 1, "".join(f"{json.dumps(line)}\n" for line in lines), "")
    found = proof._probabilities(ran, 2)
    assert found.keys() == {"a.png", "b.png"}
    assert found["a.png"].tolist() == [0.25, 0.75]
    assert np.isnan(found["b.png"][1])
