"""One thing in which two runs differ: of which kind, and how it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lib.deploy.errors import printable
from lib.policy.policy import YES
from lib.policy.results import as_json, with_unit

DIGITS = 12  # of a SHA-256 that a line shows

Value = str | float | bool | None


@dataclass(frozen=True)
class Kind:
    """A kind of difference.

    Attributes:
        heading: above its differences.
        one: what is said of one of them.
        many: what is said of several.
        counts: whether two runs with such a difference are no longer the same.
    """

    heading: str
    one: str
    many: str
    counts: bool = True


KINDS = {
    "outcome": Kind("Checks whose outcome changed", "check changed its outcome", "checks changed their outcome"),
    "gone": Kind("Checks that are gone", "check is gone", "checks are gone"),
    "new": Kind("Checks that are new", "check is new", "checks are new"),
    "number": Kind("Values that moved further than they may", "value moved", "values moved"),
    "threshold": Kind("What checks are held to", "threshold changed", "thresholds changed"),
    "file": Kind("Files, weights, subject and photos", "file or photo changed", "files or photos changed"),
    "parameter": Kind("Parameters", "parameter changed", "parameters changed"),
    "version": Kind("Versions", "version changed", "versions changed"),
    "compared": Kind("How many things a check compared", "count of things compared", "counts of things compared", counts=False),
    "run": Kind(
        "Machine, code, and what is another in every run", "fact of the run itself", "facts of the run itself", counts=False
    ),
}


@dataclass(frozen=True)
class Difference:
    """One thing that is another in the later run.

    Attributes:
        kind: one of :data:`KINDS`.
        name: of the check, file, parameter, package or fact.
        before: its value in the earlier run, a SHA-256 for a file; None where it had none.
        after: the same for the later run.
        field: what of it changed, where its name does not say so: of a threshold also ``relation``, ``severity``, ``unit``.
        unit: of the two values, or empty.
        may_move: how far the value of a check may move, in ``unit``; None for all else.
    """

    kind: str
    name: str
    before: Value
    after: Value
    field: str = ""
    unit: str = ""
    may_move: float | None = None

    @property
    def counts(self) -> bool:
        """Whether two runs that differ in it are no longer the same."""
        return KINDS[self.kind].counts

    @property
    def line(self) -> str:
        """For people: what, before, after."""
        before, after = self._texts
        told = self.may_move is not None and self.unit != YES
        allowed = f" (may move by {self._text(self.may_move)})" if told else ""
        return printable(f"{self.name}{self.field and f', {self.field}'}: {before} → {after}{allowed}")

    def as_json(self) -> dict[str, Any]:
        """Everything, as JSON types."""
        values = {name: as_json(value) if isinstance(value, float) else value for name, value in vars(self).items()}
        return values | {"counts": self.counts}

    @property
    def _texts(self) -> tuple[str, str]:
        texts = self._text(self.before), self._text(self.after)
        if texts[0] != texts[1] or not (isinstance(self.before, float) and isinstance(self.after, float)):
            return texts
        return f"{self.before:.12g} {self.unit}".rstrip(), f"{self.after:.12g} {self.unit}".rstrip()

    def _text(self, value: Value) -> str:
        if value is None:
            return "none"
        if self.kind == "file":
            return f"{str(value)[:DIGITS]}…"
        if isinstance(value, float):
            return with_unit(value, self.unit)
        return str(value) if value != "" else "not given"
