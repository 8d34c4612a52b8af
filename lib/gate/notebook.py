"""A notebook run in this process, with all that it shows: a second for what takes ten with a kernel."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode


def executed(path: Path, parameters: Mapping[str, Any]) -> NotebookNode:
    """The notebook with its outputs, as a kernel would give them.

    Args:
        path: the notebook.
        parameters: values that replace those of its parameters cell.

    Raises:
        Exception: whatever a cell raises.
    """
    names: dict[str, Any] = {}
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, path.name, "exec"), names)  # noqa: S102  # our own notebooks
        value = None if last is None else eval(compile(last, path.name, "eval"), names)  # noqa: S307
        if value is not None:
            cell.outputs = [nbformat.v4.new_output("execute_result", _shown(value))]
        if "parameters" in cell.metadata.get("tags", ()):
            names.update(parameters)
    return notebook


def _shown(value: Any) -> dict[str, Any]:
    """What IPython would show of a value, by MIME type; unlike there, an error on the way is raised."""
    if hasattr(value, "_repr_mimebundle_"):
        return dict(value._repr_mimebundle_())
    return {"text/html": value._repr_html_()} if hasattr(value, "_repr_html_") else {"text/plain": repr(value)}
