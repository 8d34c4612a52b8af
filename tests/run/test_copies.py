"""Copies of notebooks: made, kept where they were changed, renewed where they were not, and run headless as they are."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from lib.cache import ROOT
from lib.policy import Record
from lib.run.command import COPIES, NOTEBOOKS, main
from lib.run.copies import refresh
from tests.run import tiny


@pytest.fixture
def source(tmp_path) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("ships", "explores"):
        shutil.copy(tiny.NOTEBOOKS / f"{name}.ipynb", folder)
    return folder


@pytest.fixture
def target(tmp_path) -> Path:
    return tmp_path / "lab"


def written(path: Path, text: str) -> None:
    """Write into a notebook's last cell, and save it as JupyterLab does: with outputs, texts as lists or not."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].source += text
    notebook.cells[-1].outputs = [nbformat.v4.new_output("stream", text="ran")]
    notebook.cells[-1].execution_count = 7
    nbformat.write(notebook, path)


def cells(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def test_every_notebook_is_copied_and_the_copies_are_notebooks(source, target):
    assert refresh(source, target) == []
    assert sorted(path.name for path in target.iterdir()) == ["explores.ipynb", "ships.ipynb"]
    for path in target.iterdir():
        nbformat.validate(nbformat.read(path, as_version=4))
        assert cells(path) == cells(source / path.name)


def test_what_was_changed_stays_and_is_named_once_its_source_was_changed_too(source, target):
    refresh(source, target)
    written(target / "ships.ipynb", "\n1 + 1")
    mine = (target / "ships.ipynb").read_bytes()
    assert refresh(source, target) == []
    written(source / "ships.ipynb", "\n2 + 2")
    assert refresh(source, target) == ["ships"]
    assert (target / "ships.ipynb").read_bytes() == mine


def test_what_was_only_run_is_renewed_once_its_source_was_changed_and_not_before(source, target):
    refresh(source, target)
    written(target / "ships.ipynb", "")
    ran = (target / "ships.ipynb").read_bytes()
    assert refresh(source, target) == []
    assert (target / "ships.ipynb").read_bytes() == ran
    written(source / "ships.ipynb", "\n2 + 2")
    assert refresh(source, target) == []
    assert cells(target / "ships.ipynb")[-1].endswith("\n2 + 2")
    assert refresh(source, target) == []


def test_a_copy_that_was_removed_is_made_again_and_files_of_the_users_stay(source, target):
    refresh(source, target)
    (target / "ships.ipynb").unlink()
    (target / "serving.py").write_text("mine")
    refresh(source, target)
    assert (target / "ships.ipynb").exists()
    assert (target / "serving.py").read_text() == "mine"


@pytest.mark.parametrize(
    "text", ["", "no notebook", "[]", '{"cells": 1}', '{"cells": [{}], "metadata": {}}', '{"cells": []}', "null"]
)
def test_what_is_no_notebook_any_more_stays_and_is_named(source, target, text):
    refresh(source, target)
    (target / "ships.ipynb").write_text(text)
    assert refresh(source, target) == ["ships"]
    assert (target / "ships.ipynb").read_text() == text


def test_the_command_copies_and_says_which_stay_behind(source, target, capsys):
    assert main(["lab", "--out", str(target)], source) == 0
    assert capsys.readouterr().out == ""
    written(target / "ships.ipynb", "\n1 + 1")
    written(source / "ships.ipynb", "\n2 + 2")
    assert main(["lab", "--out", str(target)], source) == 0
    said = capsys.readouterr().out
    assert said == "changed, and older than their notebooks by now: ships; rename a copy to be given a new one\n"


def test_a_folder_that_cannot_be_written_is_one_line(source, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["lab", "--out", str(tmp_path / "file")], source) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_git_does_not_see_the_copies():
    try:
        ignored = subprocess.run(["git", "check-ignore", "-q", str(COPIES / "04_resize.ipynb")], cwd=ROOT)
    except FileNotFoundError:
        pytest.skip("git is not installed")
    if ignored.returncode == 128:
        pytest.skip("this is no git checkout")
    assert ignored.returncode == 0
    assert COPIES != NOTEBOOKS


def test_a_changed_copy_runs_headless_as_it_is_and_records_its_checks(source, target, tmp_path):
    refresh(source, target)
    copy = target / "explores.ipynb"
    notebook = nbformat.read(copy, as_version=4)
    explorer = next(cell for cell in notebook.cells if "Explorer(handoff, right)" in cell.source)
    explorer.source = explorer.source.replace("Explorer(handoff, right)", 'Explorer(handoff, "letterbox", photo=1)')
    nbformat.write(notebook, copy)
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", str(copy), str(out)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    executed = json.loads(out.read_text())
    record = Record.in_notebook(executed)
    assert [(each.id, each.measured) for each in record.measurements] == [("explores.level", 1.0)]
    assert "chelsea.png. Left, reference: 336 × 224" in json.dumps(executed, ensure_ascii=False)
    assert "right: letterbox" in json.dumps(executed, ensure_ascii=False)
