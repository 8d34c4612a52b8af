"""The files that are made in several ways: made once, and by the code that they are keyed by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lib.networks import reference
from lib.studies.dynamic_shapes import ways


@pytest.mark.parametrize("kind", ["lite0", "stand_in"])
def test_the_subjects_own_network_and_file_are_not_made_anew(kind, request, monkeypatch):
    monkeypatch.setattr(ways, "_made", lambda handoff, modules, name: Path(name))
    handoff = request.getfixturevalue(kind)
    own = handoff.subject.padding
    modules = ways.by_padding(handoff)
    assert modules[own] is handoff.model
    found = ways.files(handoff, modules)
    assert found.pop(ways.AS_EXPORTED[own]) == handoff.onnx_path
    assert found == {name: Path(name) for name in found}


def test_both_networks_are_told_apart_whichever_is_the_subjects_own(lite0):
    static = replace(lite0, subject=replace(lite0.subject, padding="static"))
    modules = [ways.by_padding(each) for each in (lite0, static)]
    tensor = np.ones((1, 3, 225, 336), np.float32)
    for kind in ("static", "same"):
        np.testing.assert_array_equal(*[reference.infer(each[kind])(tensor) for each in modules])


def test_every_way_has_a_file_of_its_own_and_they_are_made_once(lite0, monkeypatch):
    modules = ways.by_padding(lite0)
    paths = ways.files(lite0, modules)
    assert list(paths) == [*ways.ATTEMPTS, *ways.CANDIDATES]
    assert len(set(paths.values())) == len(paths)
    assert all(path.is_file() for path in paths.values())
    monkeypatch.setattr(ways, "_write", lambda *_: pytest.fail("exported twice"))
    assert ways.files(lite0, modules) == paths


def test_files_are_keyed_by_the_code_that_makes_them(lite0, tmp_path, monkeypatch):
    modules = ways.by_padding(lite0)
    before = ways.files(lite0, modules)
    changed = tmp_path / "ways.py"
    changed.write_text(Path(ways.__file__).read_text() + "# changed\n")
    monkeypatch.setattr(ways, "__file__", str(changed))
    network = tmp_path / "network.onnx"
    copied = replace(lite0)
    vars(copied)["onnx_path"] = network
    monkeypatch.setattr(ways, "_write", lambda handoff, modules, name, path: path.write_text(name))
    after = ways.files(copied, modules)
    made = [name for name in after if after[name] != network]
    assert len(made) == 5
    assert all(after[name].read_text() == name for name in made)
    keys = [{path.name.rpartition("-")[2] for path in (paths[name] for name in made)} for paths in (before, after)]
    assert [len(each) for each in keys] == [1, 1]
    assert keys[0] != keys[1]
