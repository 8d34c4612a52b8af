"""A fresh environment has the wheel and what it requires, and nothing else."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from lib.bundle import versions, wheels
from lib.bundle.environment import fresh
from lib.bundle.libraries import installed
from lib.bundle.wheel import build
from lib.deploy import BadInput
from tests.conftest import encoded, picture
from tests.packed import contents_of, rows, tiny


def test_the_wheel_is_there_with_the_versions_that_were_asked_for(there, packed):
    found = {each.name: each.version for each in installed(there.site, wheels.FOLDER)}
    assert found["lite0-imagenet-onnx"] == packed.manifest.version
    for name, version in versions.sets("installed")[0].items():
        assert found[name] == version
    assert not {"pip", "setuptools", "torch", "lib"} & found.keys()
    assert 50e6 < there.size < 500e6


def test_pytorch_and_the_workbook_are_out_of_reach(there):
    for name in ("torch", "lib", "efficientnet_pytorch"):
        done = there.run(str(there.python), "-c", f"import {name}")
        assert done.returncode == 1
        assert f"No module named '{name}'" in done.stderr


def test_the_command_works_there_and_passes_its_selftest(there):
    done = there.run(str(there.command), "selftest")
    assert (done.returncode, done.stderr) == (0, "")
    assert "all as packed" in done.stdout
    assert there.run(str(there.command)).returncode == 2


def test_a_photo_is_answered_there_and_a_line_of_pixels_refused(there, tmp_path):
    (tmp_path / "photo.png").write_bytes(encoded(picture(320, 240)))
    (tmp_path / "line.png").write_bytes(encoded(picture(1, 100_000)))
    done = there.run(str(there.command), "predict", str(tmp_path), "--json", "--top", "1")
    line, photo = rows(done.stdout)
    assert done.returncode == 1
    assert done.stderr == f"error: {line['error']}\n"
    assert "line.png: has 1 × 100000 pixels, and with a shorter side of 224 would have a longer one" in line["error"]
    assert len(photo["predictions"]) == 1


def test_it_is_run_elsewhere_without_what_this_process_was_told(there, monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    code = "import os, sys; print(os.getcwd()); print([n for n in os.environ if n.startswith('PYTHON')]); print(sys.path)"
    done = there.run(str(there.python), "-c", code)
    cwd, told, path = done.stdout.splitlines()
    assert cwd.startswith(tempfile.gettempdir())
    assert cwd != str(Path.cwd())
    assert told == "[]"
    assert str(tmp_path) not in path
    assert str(tmp_path) in there.run(str(there.python), "-c", "import sys; print(sys.path)", path=str(tmp_path)).stdout


def test_a_wheel_whose_requirements_cannot_be_met_is_one_line_and_leaves_nothing(lite0, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    sets = [dict.fromkeys(versions.LIBRARIES, "99.0")]
    packed = contents_of(tiny(lite0, tmp_path), sets=sets)
    wheel = build(packed, tmp_path / "out")
    said = r"tiny_onnx.*\.whl cannot be installed: Cannot install tiny-onnx"
    with pytest.raises(BadInput, match=said) as raised, fresh(wheel, "tiny-onnx", sets[0]):
        pytest.fail("it was installed")
    assert str(raised.value).isprintable()
    assert list(Path(tempfile.gettempdir()).iterdir()) == []
