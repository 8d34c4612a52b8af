"""The file that goes across: what is written into it, and that it is made once."""

from __future__ import annotations

from dataclasses import replace

import onnx
import pytest
import torch

from lib import cache
from lib.deploy import BadInput, Model
from lib.export import exporter as export
from lib.export import graph
from lib.handoff import Handoff


@pytest.fixture
def torchscript(lite0, cache_folder) -> Handoff:
    """The same hand-off through the other exporter, and nothing of it in the cache."""
    return replace(lite0, exporter="torchscript", opset=17)


def test_the_file_says_where_it_comes_from(lite0):
    origin = export.provenance(onnx.load(lite0.onnx_path))
    assert origin["subject"] == "lite0-imagenet"
    assert origin["weights_sha256"] == lite0.subject.weights.sha256
    assert origin["versions"] == export.versions()
    assert origin["exporter"] == "dynamo"


def test_a_file_from_elsewhere_has_no_origin_whatever_it_says_of_it():
    model = onnx.ModelProto()
    assert export.provenance(model) == {}
    for text in ("", "x", "[]", "3", "[" * 100_000, "9" * 5000):
        onnx.helper.set_model_props(model, {export.PROVENANCE_KEY: text})
        assert export.provenance(model) == {}


def test_the_file_is_whole_and_tells_no_paths_of_this_machine(lite0):
    assert graph.external_tensors(lite0.onnx_path) == 0
    assert graph.checker_complaint(lite0.onnx_path) == ""
    assert not list(lite0.onnx_path.parent.glob("*.data"))
    assert b"site-packages" not in lite0.onnx_path.read_bytes()


def test_both_exporters_write_the_opset_asked_for_and_free_axes(lite0, torchscript):
    for handoff in (lite0, torchscript):
        model = onnx.load(handoff.onnx_path)
        assert graph.opset(model) == handoff.opset
        assert graph.free_axes(model) == 3
        assert Model.open(handoff.onnx_path).contract == lite0.subject.contract


def test_a_second_run_exports_nothing_again(torchscript, monkeypatch):
    first = torchscript.onnx_path
    monkeypatch.setattr(torch.onnx, "export", lambda *_, **__: pytest.fail("exported again"))
    assert replace(torchscript).onnx_path == first


def test_a_file_that_is_there_needs_no_network(torchscript):
    first = torchscript.onnx_path
    fields = torchscript.subject, lambda: pytest.fail("built a network"), torchscript.weights_sha256
    assert export.exported(*fields, "torchscript", 17) == first


def test_a_failed_export_leaves_nothing_behind(torchscript, cache_folder, monkeypatch):
    def fail(model, arguments, path, **_):
        path.write_bytes(b"half")
        raise RuntimeError("out of luck")

    monkeypatch.setattr(torch.onnx, "export", fail)
    with pytest.raises(RuntimeError, match="out of luck"):
        _ = torchscript.onnx_path
    assert not [path for path in cache_folder.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_another_opset_or_other_weights_make_another_file(torchscript, monkeypatch):
    monkeypatch.setattr(export, "write", lambda path, *_: onnx.save(onnx.ModelProto(), path))
    monkeypatch.setattr(export, "_inscribe", lambda *_: None)
    made = {
        export.exported(torchscript.subject, lambda: torchscript.model, digest, "torchscript", opset)
        for digest in ("a" * 64, "b" * 64)
        for opset in (17, 18)
    }
    assert len(made) == 4


@pytest.mark.parametrize(
    ("exporter", "opset", "said"),
    [("dynam", 20, "unknown exporter 'dynam': did you mean 'dynamo'"), ("dynamo", 99, "opset 99 is unknown")],
)
def test_what_cannot_be_asked_for_is_refused(lite0, exporter, opset, said):
    with pytest.raises(BadInput, match=said):
        export.exported(lite0.subject, lambda: lite0.model, "0" * 64, exporter, opset)


def test_an_opset_beyond_an_exporter_is_refused(torchscript):
    with pytest.raises(BadInput, match="torchscript exporter does not take opset 24"):
        export.exported(torchscript.subject, lambda: torchscript.model, "0" * 64, "torchscript", 24)


def test_a_cache_that_cannot_be_made_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HANDOFF_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(BadInput, match="set HANDOFF_CACHE"):
        cache.directory()
