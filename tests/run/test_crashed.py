"""What is left of a notebook that crashed. How a run goes on is in test_runner.py."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lib.report.run import CRASH
from lib.run import crashed

BANNER = new_markdown_cell("An Exception was encountered", metadata={"tags": ["papermill-error-cell-tag"]})


@pytest.fixture
def source(tmp_path):
    cells = [new_markdown_cell("# A question"), new_code_cell("1"), new_code_cell("2"), new_code_cell("3")]
    nbformat.write(new_notebook(cells=cells), tmp_path / "source.ipynb")
    return tmp_path / "source.ipynb"


def left(source, cell, error="cell 3 raised IndexError: no row", traceback="IndexError\nno row"):
    path = source.with_name("executed.ipynb")
    crashed.write(path, source, cell, error, traceback)
    return nbformat.read(path, as_version=4)


def test_it_ends_with_the_cell_that_failed_and_its_traceback(source):
    executed = nbformat.read(source, as_version=4)
    executed.cells[1].outputs = [new_output("stream", text="what came before")]
    executed.cells[2].outputs = [new_output("error", ename="IndexError", evalue="no row", traceback=["coloured"])]
    executed.cells[1:1] = [BANNER]
    nbformat.write(executed, source.with_name("executed.ipynb"))
    found = left(source, 3)
    assert [cell.source for cell in found.cells] == ["# A question", "1", "2"]
    assert found.cells[1].outputs[0].text == "what came before"
    (output,) = found.cells[2].outputs
    assert output.traceback == ["IndexError", "no row"]
    assert found.metadata[CRASH] == "cell 3 raised IndexError: no row"


@pytest.mark.parametrize("content", [None, "", '{"cells": ['])
def test_a_process_that_left_nothing_to_read_leaves_the_source_with_the_error(source, content):
    if content is not None:
        source.with_name("executed.ipynb").write_text(content)
    found = left(source, 0, "its process ended with exit code -9", "")
    (output,) = found.cells[-1].outputs
    assert output.traceback == ["its process ended with exit code -9"]


@pytest.mark.parametrize("cell", [1, 99])
def test_there_is_always_a_cell_that_says_it(source, cell):
    assert left(source, cell).cells[-1].outputs[0].output_type == "error"


def test_the_reason_is_one_line(source):
    assert "\n" not in left(source, 2, "cell 2 raised ValueError: two\nlines").metadata[CRASH]
