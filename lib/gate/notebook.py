"""A notebook run in this process, without what it shows: a second for what takes ten with a kernel and pictures."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from lib.policy import Record


def recorded(path: Path, parameters: Mapping[str, Any]) -> Record:
    """What a notebook records.

    The value of a cell, its last expression, is what it shows: that is left out, and everything else is run as it stands.

    Args:
        path: the notebook.
        parameters: values that replace those of its parameters cell.
    """
    names: dict[str, Any] = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            tree.body.pop()
        exec(compile(tree, path.name, "exec"), names)  # noqa: S102  # our own notebooks
        if "parameters" in cell.metadata.get("tags", ()):
            names.update(parameters)
    record: Record = names["checks"].recorded
    return record
