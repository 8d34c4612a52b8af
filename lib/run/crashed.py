"""What is left of a notebook that crashed: the cells that ran, and why the next one did not end."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from papermill.execute import remove_error_markers

from lib.deploy.errors import printable
from lib.report.run import CRASH


def write(path: Path, source: Path, cell: int, error: str, traceback: str) -> None:
    """Make of what papermill left a notebook that ends with the cell that failed, whose output is the error.

    Args:
        path: what papermill left, if anything; the notebook is written there.
        source: the notebook that was run.
        cell: the last one that began, counted from 1; 0 if none did.
        error: why it crashed, in a line.
        traceback: the lines of it, or empty.
    """
    notebook = remove_error_markers(_left(path) or nbformat.read(source, as_version=4))
    failed = notebook.cells[max(0, cell - 1)] if cell <= len(notebook.cells) else notebook.cells[-1]
    notebook.cells = notebook.cells[: notebook.cells.index(failed) + 1]
    if failed.cell_type != "code":  # its kernel died between two cells
        failed = nbformat.v4.new_code_cell()
        notebook.cells.append(failed)
    failed.outputs = [each for each in failed.outputs if each.output_type != "error"]
    lines = traceback.splitlines() or [error]
    failed.outputs.append(nbformat.v4.new_output("error", ename="crash", evalue=error, traceback=lines))
    notebook.metadata[CRASH] = printable(error)
    notebook.metadata.setdefault("papermill", {})
    nbformat.write(notebook, path)


def _left(path: Path) -> NotebookNode | None:
    """The notebook that papermill wrote; None if there is none that can be read."""
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError):  # a process that was killed may have left half of it
        return None
