"""Notebooks run in this process."""

from __future__ import annotations

import nbformat
import pytest

from lib.gate.notebook import executed
from lib.policy import Record

PARAMETERS = "level: int = 2  # how much"
CELLS = (
    "from lib.policy import Check, Policy\nfrom lib.report.checks import Checks\nfrom lib.report.html import note",
    "rules = Policy((Check('a.level', 's', '', '<=', 9, 'w', 's', 'a', 'infer', 'error'),))\nnote('shown')",
    "checks = Checks('a', 'subject', rules)\nchecks.record('a.level', level)\nchecks",
)


def laid_out(folder, *cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (PARAMETERS, *cells)])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, folder / "a.ipynb")
    return folder / "a.ipynb"


@pytest.mark.parametrize(("given", "level"), [({}, 2), ({"level": 7}, 7)])
def test_a_notebook_records_and_shows_what_it_does_in_a_kernel(tmp_path, given, level):
    notebook = executed(laid_out(tmp_path, *CELLS), given)
    (measurement,) = Record.in_notebook(notebook).measurements
    assert measurement.measured == level
    parameters, imports, shows, records = notebook.cells
    assert parameters.outputs == imports.outputs == []
    assert "shown" in shows.outputs[0].data["text/html"]
    assert records.outputs[0].data["text/plain"].startswith("1 check, 0 failed")


def test_what_a_cell_shows_may_raise(tmp_path):
    with pytest.raises(ZeroDivisionError):
        executed(laid_out(tmp_path, "1 / 0"), {})


def test_what_cannot_be_drawn_is_not_passed_over(tmp_path):
    """IPython prints what a picture raises and goes on; here it has to end the case."""
    source = "class Broken:\n    def _repr_html_(self):\n        raise IndexError('no row')\nBroken()"
    with pytest.raises(IndexError):
        executed(laid_out(tmp_path, source), {})
