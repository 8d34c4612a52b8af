"""Records of a study with other numbers in them, and all that its notebook shows of them."""

from __future__ import annotations

import ast
import dataclasses
import json
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from lib.cache import ROOT
from lib.compare.comparison import Answer
from lib.handoff import Handoff
from lib.policy import Policy

NUMBERS = (float("nan"), float("inf"), float("-inf"), 0.0)
# Fields that the policy sets, and what a clock, the memory and a disk say, which is a number above 0 whatever is measured.
GIVEN = ("tolerance", "threshold", "tied", "memory_allowed", "alone", "megabytes", "memory", "first", "firsts", "laps")


def with_numbers(record: Any, number: float) -> Any:
    """The record with this in place of every float in it, whether in a field, a list, a mapping or an array.

    What was one object in several places still is.
    """
    made: dict[int, Any] = {}

    def changed(value: Any) -> Any:
        if id(value) not in made:
            made[id(value)] = of(value)
        return made[id(value)]

    def of(value: Any) -> Any:
        if isinstance(value, Answer) and np.isnan(number):
            return Answer((), (), number, value.non_finite + 1)  # as it has none
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [each.name for each in dataclasses.fields(value) if each.init and each.name not in GIVEN]
            return dataclasses.replace(value, **{name: changed(getattr(value, name)) for name in names})
        if isinstance(value, float):
            return number
        if isinstance(value, np.ndarray):
            return np.full_like(value, number) if value.dtype.kind == "f" else value
        if isinstance(value, Mapping):
            return {key: changed(each) for key, each in value.items()}
        if isinstance(value, tuple | list):
            return type(value)(changed(each) for each in value)
        return value

    return changed(record)


def with_rows(record: Any, rows: int, *names: str) -> Any:
    """The record with only so many rows in these fields."""

    def cut(value: Any) -> Any:
        return dict(list(value.items())[:rows]) if isinstance(value, Mapping) else value[:rows]

    return dataclasses.replace(record, **{name: cut(getattr(record, name)) for name in names})


def page(notebook: str, handoff: Handoff, rules: Policy, **known: Any) -> list[str]:
    """What the cells of a notebook show of what was measured. They need not measure it, and bring no explorer.

    Args:
        notebook: its name.
        handoff: what it is about.
        rules: the policy.
        known: what the notebook's cells would give these names.
    """
    cells = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    values: dict[str, Any] = {}
    exec("".join(next(cell["source"] for cell in code if "parameters" in cell["metadata"].get("tags", ()))), values)  # noqa: S102
    measured = {"handoff": handoff, "rules": rules, **known}
    values |= measured
    given = set(measured)
    texts = []
    for cell in code:
        if "parameters" in cell["metadata"].get("tags", ()):
            continue
        body = [each for each in ast.parse("".join(cell["source"])).body if not _assigns(each, given)]
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), notebook, "exec"), values)  # noqa: S102
        if isinstance(last, ast.Expr) and "Explorer" not in ast.unparse(last):
            value = eval(compile(ast.Expression(last.value), notebook, "eval"), values)  # noqa: S307
            texts.append(value._repr_html_() if hasattr(value, "_repr_html_") else str(value._repr_mimebundle_()))
    return texts


def _assigns(statement: ast.stmt, names: Collection[str]) -> bool:
    """Whether a statement does nothing but give some of these names a value."""
    if not isinstance(statement, ast.Assign):
        return False
    return all(each.id in names for target in statement.targets for each in ast.walk(target) if isinstance(each, ast.Name))
