"""Notebooks run in this process."""

from __future__ import annotations

import nbformat

from lib.gate.notebook import recorded

PARAMETERS = "level: int = 2  # how much"
CELLS = (
    "from lib.policy import Check, Policy\nfrom lib.report.checks import Checks\n1 / 0",
    "rules = Policy((Check('a.level', 's', '', '<=', 9, 'w', 's', 'a', 'infer', 'error'),))",
    "checks = Checks('a', 'subject', rules)\nchecks.record('a.level', level)\nchecks",
)


def test_what_a_cell_shows_is_left_out_and_parameters_are_replaced(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (PARAMETERS, *CELLS)])
    notebook.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, tmp_path / "a.ipynb")
    (measurement,) = recorded(tmp_path / "a.ipynb", {}).measurements
    assert measurement.measured == 2
    (measurement,) = recorded(tmp_path / "a.ipynb", {"level": 7}).measurements
    assert measurement.measured == 7
