"""The notebooks as files."""

from __future__ import annotations

import nbformat
import pytest

from lib.inputs import parameters
from lib.run.command import NOTEBOOKS
from tests.run import tiny

EVERY = [*sorted(NOTEBOOKS.glob("*.ipynb")), *sorted(tiny.NOTEBOOKS.glob("*.ipynb"))]


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.name)
def test_a_notebook_is_committed_clean(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in code) == 1
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info.name == "python"
    assert notebook.metadata.title


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
def test_a_notebook_asks_in_its_first_cell_and_records_in_its_last(path):
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].cell_type == "markdown"
    assert cells[0].source.splitlines()[0].endswith("?")
    assert cells[-1].source.splitlines()[-1] == "checks"
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert len(code) <= 15
    assert not any(line.lstrip().startswith(("def ", "class ")) for cell in code for line in cell.source.splitlines())


def test_the_notebooks_that_measure_time_run_alone_and_those_that_export_most_start_first():
    manners = {path.stem: parameters.manner(path) for path in NOTEBOOKS.glob("*.ipynb")}
    assert sorted(name for name, manner in manners.items() if manner["alone"]) == ["07_layers", "08_runtimes", "10_handoff"]
    together = [name for name, manner in manners.items() if not manner["alone"]]
    first = sorted(together, key=lambda name: -manners[name]["about"])[:2]
    assert first == ["06_dynamic_shapes", "02_swish"]  # which do not wait for the same file


def test_the_one_that_packs_comes_last_and_is_given_the_run():
    last = [path for path in NOTEBOOKS.glob("*.ipynb") if parameters.manner(path)["last"]]
    assert [path.stem for path in last] == ["10_handoff"]
    given = [path.stem for path in NOTEBOOKS.glob("*.ipynb") if parameters.RUN_FOLDER in parameters.of_notebook(path)]
    assert given == ["10_handoff"]
    assert parameters.of_notebook(last[0])[parameters.RUN_FOLDER] == ""
