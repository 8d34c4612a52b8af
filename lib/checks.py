"""A check is a name, a measured value and a threshold; a verdict is all checks of a run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.html import table
from lib.inputs import sha256

MIMETYPE = "application/vnd.onnx-handoff.checks+json"


@dataclass(frozen=True)
class Check:
    """One thing that must hold for the deployment to ship.

    Attributes:
        name: what was measured.
        measured: the value; NaN never passes.
        relation: ``<=``, ``>=`` or ``==``, how ``measured`` must stand to ``threshold``.
        threshold: the value it is held against.
        compared: how many things were looked at. A check that looked at nothing fails.
        unit: of both values; empty where they are counts.
    """

    name: str
    measured: float
    relation: str
    threshold: float
    compared: int
    unit: str = ""

    @property
    def passed(self) -> bool:
        """Whether the check holds."""
        holds = {
            "<=": self.measured <= self.threshold,
            ">=": self.measured >= self.threshold,
            "==": self.measured == self.threshold,
        }[self.relation]
        return holds and self.compared > 0

    def as_json(self) -> dict[str, Any]:
        """The check as JSON types. Numbers that JSON has no word for become the strings ``nan``, ``inf`` and ``-inf``."""
        return {
            "name": self.name,
            "measured": _finite(self.measured),
            "relation": self.relation,
            "threshold": _finite(self.threshold),
            "unit": self.unit,
            "compared": self.compared,
            "passed": self.passed,
        }

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Check:
        """The check that :meth:`as_json` gave; whether it passed is worked out anew."""
        return cls(
            entry["name"],
            float(entry["measured"]),
            entry["relation"],
            float(entry["threshold"]),
            entry["compared"],
            entry["unit"],
        )


@dataclass(frozen=True)
class Record:
    """The checks that a notebook recorded.

    Attributes:
        subject: what they are about, with the warning that a stand-in carries.
        checks: the checks.
        files: SHA-256 of each file that the checks are about, by name.
    """

    subject: str
    checks: list[Check]
    files: dict[str, str]


class Checks:
    """The checks of one notebook. As the value of its last cell it records them in the notebook's output.

    Args:
        subject: what they are about: a subject's :attr:`~lib.subject.Subject.label`.
    """

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.entries: list[Check] = []
        self.files: dict[str, str] = {}

    def about(self, path: Path) -> None:
        """Record the SHA-256 of a file that the checks are about, so that a verdict can be tied to it."""
        self.files[path.name] = sha256(path.read_bytes())

    def at_most(self, name: str, measured: float, threshold: float, compared: int, unit: str = "") -> None:
        """Add a check that ``measured <= threshold``."""
        self.entries.append(Check(name, measured, "<=", threshold, compared, unit))

    def at_least(self, name: str, measured: float, threshold: float, compared: int, unit: str = "") -> None:
        """Add a check that ``measured >= threshold``."""
        self.entries.append(Check(name, measured, ">=", threshold, compared, unit))

    def equal(self, name: str, measured: float, expected: float, compared: int = 1, unit: str = "") -> None:
        """Add a check that ``measured == expected``."""
        self.entries.append(Check(name, measured, "==", expected, compared, unit))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        failed = sum(not check.passed for check in self.entries)
        return {
            "text/plain": f"{len(self.entries)} checks, {failed} failed",
            "text/html": table(HEADERS, check_rows(self.entries), caption=f"{len(self.entries)} checks, {failed} failed"),
            MIMETYPE: {
                "subject": self.subject,
                "checks": [check.as_json() for check in self.entries],
                "files": self.files,
            },
        }


HEADERS = ("check", "measured", "threshold", "compared", "result")


def check_rows(checks: Iterable[Check]) -> list[tuple[str, ...]]:
    """Rows for a table under :data:`HEADERS`."""
    return [
        (
            check.name,
            f"{number(check.measured)} {check.unit}".rstrip(),
            f"{RELATIONS[check.relation]} {number(check.threshold)} {check.unit}".rstrip(),
            str(check.compared),
            "✓ pass" if check.passed else "✗ FAIL",
        )
        for check in checks
    ]


RELATIONS = {"<=": "≤", ">=": "≥", "==": "="}


def number(value: float) -> str:
    """A number for people: whole ones whole, others to three significant digits."""
    if math.isnan(value):
        return "NaN"
    if math.isfinite(value) and value == int(value) and abs(value) < 1e9:
        return str(int(value))
    return f"{value:.3g}"


def signed(value: float, decimals: int = 4) -> str:
    """A change with its sign and a fixed number of decimals; plain 0 where it rounds to nothing."""
    if math.isnan(value):
        return "NaN"
    return "0" if abs(value) < 0.5 * 10**-decimals else f"{value:+.{decimals}f}"


def probability(value: float, decimals: int = 4) -> str:
    """A probability with a fixed number of decimals."""
    return "NaN" if math.isnan(value) else f"{value:.{decimals}f}"


def recorded(notebook: dict[str, Any]) -> Record | None:
    """The checks in an executed notebook's outputs, or None where it recorded none."""
    for cell in reversed(notebook["cells"]):
        for output in cell.get("outputs", ()):
            if MIMETYPE in output.get("data", {}):
                data = output["data"][MIMETYPE]
                return Record(data["subject"], [Check.from_json(entry) for entry in data["checks"]], data["files"])
    return None


def _finite(value: float) -> float | str:
    return value if math.isfinite(value) else str(float(value))
