"""The table of all checks, with a user's own changes to it."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from lib.compare.comparison import UNITS
from lib.deploy import STAGES, BadInput
from lib.inputs.reading import read_bytes, unknown

TABLE = Path(__file__).with_name("checks.toml")
RUN = "run"  # in the place of a notebook's name: the run itself records it
RELATIONS = ("<=", ">=", "==")
SEVERITIES = ("error", "warning")
# Where a failure can point at, the first to look at first: what comes later fails because of what came before.
PARTS = (
    RUN, "photos", "dependencies", "weights", "metadata", "file", "exporter", *STAGES, "behaviour", "end-to-end file",
    "runtimes", "workbook",
)  # fmt: skip
YES = "yes"  # the unit of a value that is 1 for yes and 0 for no

# The check whose threshold is the tolerance of each stage.
STAGE_CHECKS = {
    "decode": "parity.decode",
    "resize": "parity.resize",
    "normalise": "parity.normalise",
    "infer": "parity.logits",
    "score": "parity.probabilities",
}


class UnknownCheck(LookupError):
    """A check was named that the table does not have: a bug in the code that names it."""


@dataclass(frozen=True)
class Check:
    """One row of the table: ``checks.toml`` says what each field means.

    Attributes:
        threshold: finite; in ``unit``.
    """

    id: str
    says: str
    unit: str
    relation: str
    threshold: float
    why: str
    source: str
    notebook: str
    blames: str
    severity: str
    may_skip: bool = False

    def holds(self, measured: float) -> bool:
        """Whether a measured value stands to the threshold as it must; NaN never does."""
        if self.relation == "<=":
            return measured <= self.threshold
        return measured >= self.threshold if self.relation == ">=" else measured == self.threshold


@dataclass(frozen=True)
class Change:
    """What a user's file changed in one row.

    Attributes:
        check: the row, as it is now.
        field: ``threshold`` or ``severity``.
        before: its value in the built-in table.
        after: its value now.
        why: the user's reason, or empty.
    """

    check: Check
    field: str
    before: float | str
    after: float | str
    why: str


@dataclass(frozen=True)
class Policy:
    """Everything that a verdict needs.

    Attributes:
        checks: the rows, in the order of the table.
        answers: by notebook, what it answers where all of its checks passed.
        changes: what differs from the built-in table.
    """

    checks: tuple[Check, ...]
    answers: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, Check]:
        return {check.id: check for check in self.checks}

    def __getitem__(self, id_: str) -> Check:
        if id_ not in self._by_id:
            raise UnknownCheck(f"no check '{id_}' in the policy")
        return self._by_id[id_]

    def of(self, notebook: str) -> tuple[Check, ...]:
        """The checks that a notebook has to record."""
        return tuple(check for check in self.checks if check.notebook == notebook)

    @cached_property
    def tolerances(self) -> dict[str, float]:
        """What the outputs of each stage may differ by and still count as the same."""
        return {stage: self[STAGE_CHECKS[stage]].threshold for stage in UNITS}


def load(path: str = "", table: Path = TABLE) -> Policy:
    """A whole table, with the changes of a user's file where ``path`` names one.

    The file has a table for each changed row, as in::

        ["parity.logits"]
        threshold = 1e-4
        why = "our service compares logits"

    Raises:
        BadInput: the file cannot be read, names an unknown check or field, or gives a value that cannot be used.
    """
    policy = read(table)
    return changed(policy, Path(path)) if path else policy


def read(path: Path) -> Policy:
    """A whole table.

    Raises:
        BadInput: a row misses a field, or has one that is unknown or cannot be used; two rows share an id; an answer names what
            no row has.
    """
    table = _parsed(path)
    checks = tuple(_row(entry, f"{path.name}: check {i}") for i, entry in enumerate(table.get("check", ()), 1))
    policy = Policy(checks, dict(table.get("answers", {})))
    if len(policy._by_id) < len(checks):
        raise BadInput(f"{path.name}: two checks have the same id")
    for notebook, text in policy.answers.items():
        for id_ in re.findall(r"{([\w.-]+)(?::compared)?}", text):
            if id_ not in {check.id for check in policy.of(notebook)}:
                raise BadInput(f"{path.name}: the answer of {notebook} names '{id_}', which it does not record")
    return policy


def changed(policy: Policy, path: Path) -> Policy:
    """The policy with the changes of a user's file; as :func:`load` says."""
    rows, changes = dict(policy._by_id), []
    for id_, entry in _parsed(path).items():
        where = f'policy {path}: ["{id_}"]'
        if id_ not in rows:
            raise BadInput(f"policy {path}: {unknown('check', id_, rows)}")
        if not isinstance(entry, dict):
            raise BadInput(f"policy {path}: '{id_}' is {entry!r}; write a table, [\"{id_}\"], with threshold = … below it")
        for name in entry:
            if name not in ("threshold", "severity", "why"):
                raise BadInput(f"{where}: {unknown('field', name, ('threshold', 'severity', 'why'))}")
        before = rows[id_]
        after = _usable(replace(before, **{name: value for name, value in entry.items() if name != "why"}), where)
        rows[id_] = after
        changes += [
            Change(after, name, getattr(before, name), getattr(after, name), str(entry.get("why", "")))
            for name in ("threshold", "severity")
            if getattr(before, name) != getattr(after, name)
        ]
    return replace(policy, checks=tuple(rows.values()), changes=tuple(changes))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_bytes(path, "policy").decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"policy {path}: not valid TOML: {error}") from None


def _row(entry: Mapping[str, Any], where: str) -> Check:
    names = [each.name for each in fields(Check)]
    for name in entry:
        if name not in names:
            raise BadInput(f"{where}: {unknown('field', name, names)}")
    for name in names:
        if name not in entry and name != "may_skip":
            raise BadInput(f"{where}: field '{name}' is missing")
    return _usable(Check(**entry), where)


def _usable(check: Check, where: str) -> Check:
    if type(check.threshold) not in (int, float) or not math.isfinite(check.threshold):
        raise BadInput(f"{where}: threshold is {check.threshold!r}; it takes a finite number")
    if check.relation not in RELATIONS:
        raise BadInput(f"{where}: relation is {check.relation!r}; it takes one of {', '.join(RELATIONS)}")
    if check.blames not in PARTS:
        raise BadInput(f"{where}: blames is {check.blames!r}; it takes one of {', '.join(PARTS)}")
    if check.severity not in SEVERITIES:
        raise BadInput(f"{where}: severity is {check.severity!r}; it takes one of {', '.join(SEVERITIES)}")
    return check
