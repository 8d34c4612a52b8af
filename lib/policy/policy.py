"""The table of all checks, with a user's own changes to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic
from pydantic import Field

from lib.deploy import STAGES, BadInput
from lib.deploy.difference import UNITS
from lib.deploy.errors import quoted
from lib.inputs.reading import read_toml, unknown
from lib.inputs.schema import STRICT, Finite, Flag, Table, Text, fitted

TABLE = Path(__file__).with_name("checks.toml")
# In the place of a notebook's name: the run itself records it, in each run, or where it is held against an earlier one.
RUN, BASELINE = "run", "baseline"
# Where a failure can point at, the first to look at first: what comes later fails because of what came before.
PARTS = (
    RUN, "photos", "dependencies", "weights", "metadata", "file", "exporter", *STAGES, "behaviour", "end-to-end file",
    "runtimes", "package", "version", "workbook", BASELINE,
)  # fmt: skip
SHARE = 0.1  # of its threshold, that a value may move by from run to run where its row does not say it
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


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class Check:
    """One row of the table: ``checks.toml`` says what each field means.

    Attributes:
        threshold: finite; in ``unit``.
        may_move: 0 or more, in ``unit``; None where it is :data:`SHARE` of the threshold.
    """

    id: Text
    says: Text
    unit: Text
    relation: Annotated[Literal["<=", ">=", "=="], Field(description="one of <=, >=, ==")]
    threshold: Finite
    why: Text
    source: Text
    notebook: Text
    blames: Annotated[str, Field(pattern=f"^({'|'.join(PARTS)})$", description=f"one of {', '.join(PARTS)}")]
    severity: Annotated[Literal["error", "warning"], Field(description="one of error, warning")]
    may_skip: Flag = False
    optional: Flag = False
    picture: Text = ""
    sampled: Text = ""
    may_move: Annotated[float | None, Field(ge=0, description="a finite number, 0 or more")] = None

    def holds(self, measured: float) -> bool:
        """Whether a measured value stands to the threshold as it must; NaN never does."""
        if self.relation == "<=":
            return measured <= self.threshold
        return measured >= self.threshold if self.relation == ">=" else measured == self.threshold


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class Cause:
    """What is often wrong where a check blames a part.

    Attributes:
        cause: in half a sentence.
        tested: ids of checks that look for it: where all of them passed, it is none.
    """

    cause: Text
    tested: Annotated[tuple[str, ...], Field(description="a list of texts", strict=False)] = ()


class _Table(Table):
    check: Annotated[list[dict[str, Any]], Field(description="rows, each a table [[check]]")] = Field([])
    answers: Annotated[dict[str, str], Field(description="a text for each notebook")] = Field({})
    hints: Annotated[dict[str, list[dict[str, Any]]], Field(description="causes for each part, each a table")] = Field({})


class _Change(Table):
    threshold: Any = None  # these two are held by the row that they go into
    severity: Any = None
    why: Text = ""


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
        hints: by part, what is most often wrong where a check blames it, the likeliest first.
        changes: what differs from the built-in table.
    """

    checks: tuple[Check, ...]
    answers: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, Sequence[Cause]] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, Check]:
        return {check.id: check for check in self.checks}

    def __getitem__(self, id_: str) -> Check:
        if id_ not in self._by_id:
            raise UnknownCheck(f"no check '{id_}' in the policy")
        return self._by_id[id_]

    def of(self, notebook: str) -> tuple[Check, ...]:
        """The checks that a notebook has to record, and those that it records where it is asked to."""
        return tuple(check for check in self.checks if check.notebook == notebook)

    def may_move(self, id_: str, threshold: float) -> float:
        """How far a value may be from that of an earlier run and count as the same: 0 or more, in the unit of its check.

        Args:
            id_: of the check, which an older or newer table may have had, and this one need not.
            threshold: that it was held to.
        """
        stated = self._by_id[id_].may_move if id_ in self._by_id else None
        return SHARE * abs(threshold) if stated is None else stated

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
    table = fitted(_Table, read_toml(path, "policy")[0], path.name)
    checks = tuple(fitted(Check, entry, f"{path.name}: check {i}") for i, entry in enumerate(table.check, 1))
    hints = {
        part: tuple(fitted(Cause, each, f"{path.name}: hints: {part} {i}") for i, each in enumerate(causes, 1))
        for part, causes in table.hints.items()
    }
    policy = Policy(checks, table.answers, hints)
    if len(policy._by_id) < len(checks):
        raise BadInput(f"{path.name}: two checks have the same id")
    for notebook, text in policy.answers.items():
        for id_ in re.findall(r"{([\w.-]+)(?::compared)?}", text):
            if id_ not in {check.id for check in policy.of(notebook)}:
                raise BadInput(f"{path.name}: the answer of {notebook} names '{id_}', which it does not record")
    for part in policy.hints:
        if part not in PARTS:
            raise BadInput(f"{path.name}: hints: {unknown('part', part, PARTS)}")
        for id_ in (id_ for cause in policy.hints[part] for id_ in cause.tested):
            if id_ not in policy._by_id:
                raise BadInput(f"{path.name}: hints: {part}: {unknown('check', id_, policy._by_id)}")
    return policy


def changed(policy: Policy, path: Path) -> Policy:
    """The policy with the changes of a user's file; as :func:`load` says."""
    return with_changes(policy, read_toml(path, "policy")[0], f"policy {path}")


def with_changes(policy: Policy, entries: Mapping[str, Any], source: str) -> Policy:
    """The policy with changed rows.

    Args:
        policy: a whole one.
        entries: by id, what a user's file has in its table of that name; see :func:`load`.
        source: where they come from, for the message.

    Raises:
        BadInput: as :func:`load`.
    """
    rows, changes = dict(policy._by_id), []
    for id_, entry in entries.items():
        where = f'{source}: ["{id_}"]'
        if id_ not in rows:
            raise BadInput(f"{source}: {unknown('check', id_, rows)}")
        if not isinstance(entry, dict):
            raise BadInput(f"{source}: '{id_}' is {quoted(entry)}; write a table, [\"{id_}\"], with threshold = … below it")
        told = fitted(_Change, entry, where)
        before = rows[id_]
        after = fitted(Check, vars(before) | {name: entry[name] for name in entry if name != "why"}, where)
        rows[id_] = after
        changes += [
            Change(after, name, getattr(before, name), getattr(after, name), told.why)
            for name in ("threshold", "severity")
            if getattr(before, name) != getattr(after, name)
        ]
    return replace(policy, checks=tuple(rows.values()), changes=tuple(changes))
