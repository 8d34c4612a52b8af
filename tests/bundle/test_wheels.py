"""Wheels that were put aside: what is missing is named, with the command to call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lib.bundle import versions, wheels
from lib.cache import ROOT
from lib.deploy import BadInput


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(wheels, "FOLDER", tmp_path)
    return tmp_path


def put(folder: Path, sets: dict[str, str]) -> None:
    for name, version in sets.items():
        (folder / f"{name}-{version}-cp311-cp311-manylinux_2_28_x86_64.whl").write_bytes(b"")


def test_what_was_put_aside_is_found_and_what_was_not_is_named(folder):
    (installed,) = versions.sets("installed")
    assert wheels.missing(installed) == [f"{name} {version}" for name, version in installed.items()]
    put(folder, installed | versions.of_service())
    assert wheels.missing(installed) == []
    wheels.require("installed")
    assert wheels.missing({"numpy": "0.1", "pillow": installed["pillow"]}) == ["numpy 0.1"]


@pytest.mark.parametrize(
    "stray", ["numpy.whl", "a-b.whl", ".whl", "numpy-x-py3-none-any.whl", "\n-1-py3-none-any.whl", "numpy-2-y.whl"]
)
def test_a_file_that_is_no_wheel_is_passed_over(folder, stray):
    (installed,) = versions.sets("installed")
    put(folder, installed)
    (folder / stray).write_bytes(b"")
    assert wheels.missing(installed) == []


@pytest.mark.parametrize("which", ["installed", "all"])
def test_where_one_is_missing_a_line_says_what_to_call(folder, which):
    (installed,) = versions.sets("installed")
    put(folder, (installed if which == "all" else versions.LOWEST) | versions.of_service())
    with pytest.raises(BadInput) as raised:
        wheels.require(which)
    asked, there = (versions.LOWEST, installed) if which == "all" else (installed, versions.LOWEST)
    named = ", ".join(f"{name} {version}" for name, version in asked.items() if version != there[name])
    said = f"no wheel of {named} was put aside for a fresh environment; call .venv/bin/python -m lib.bundle.wheels {which}"
    assert str(raised.value) == said


def test_what_is_there_is_not_downloaded_again_and_what_pip_cannot_give_is_one_line(folder, monkeypatch):
    called = []

    def run(command: list[str]) -> subprocess.CompletedProcess[str]:
        called.append(command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(subprocess, "run", run)
    put(folder, versions.sets("installed")[0] | versions.of_service())
    wheels.put_aside("installed")
    assert called == []
    with pytest.raises(BadInput, match=r"^wheels of numpy==\S+, .* cannot be had: pip ended with code 1$"):
        wheels.put_aside("all")
    (command,) = called
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert command[-3:] == [f"{name}=={version}" for name, version in versions.LOWEST.items()]
    assert str(folder) in command


def test_nonsense_is_refused_with_2_in_one_line():
    done = subprocess.run([sys.executable, "-m", "lib.bundle.wheels", "nonsense"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: unknown versions 'nonsense'")
    assert done.stderr.count("\n") == 1


def test_those_of_this_environment_were_put_aside_when_it_was_installed():
    wheels.require("installed")
