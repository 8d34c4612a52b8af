"""What notebooks recorded, held against the table."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lib.deploy.difference import UNITS
from lib.numbers import counted, number, percent
from lib.policy.policy import RUN, YES, Check, Policy, UnknownCheck

PICTURES = (UNITS["decode"], UNITS["normalise"])  # units of what pictures differ by
MIMETYPE = "application/vnd.onnx-handoff.checks+json"
NAMED = 6  # failures that a sentence names
ATTACHED = 10**6  # characters of a file that a notebook leaves beside its page
_ATTACHMENT = r"[a-z0-9]+([._][a-z0-9]+)*\.json"
LISTED = 30  # names of what did not hold that it gives to one of them


@dataclass(frozen=True)
class Measurement:
    """What a notebook recorded for one check.

    Attributes:
        id: of the check.
        measured: the value, in the check's unit.
        compared: how many things were looked at.
        skipped: why there was nothing to measure, or empty.
        where: names of what did not hold, as photos or properties, the first to look at first; empty where all did, or where
            there is no telling.
    """

    id: str
    measured: float
    compared: int
    skipped: str = ""
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """What one notebook recorded.

    Attributes:
        subject: what it is about, with the warning that a stand-in carries.
        measurements: one a check.
        files: SHA-256 of each file that the checks are about, by name.
        told: what the verdict's page shows beside checks and no threshold holds, as what an answer costs: JSON types, by name.
        attachments: small JSON files for other tools, as text, by the end of their names.
    """

    subject: str
    measurements: list[Measurement] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    attachments: dict[str, str] = field(default_factory=dict)

    def add(self, measurement: Measurement) -> None:
        """Add what was measured.

        Raises:
            ValueError: the check was recorded before.
        """
        if any(each.id == measurement.id for each in self.measurements):
            raise ValueError(f"check '{measurement.id}' was recorded twice")
        self.measurements.append(measurement)

    def attach(self, name: str, text: str) -> None:
        """Add a file for another tool. A run writes it beside the page, under the notebook's name with a dot and this one.

        Raises:
            ValueError: the name is not of small letters, digits, dots and underscores, does not end in ``.json``, or was taken
                before, or the text is too long.
        """
        if not re.fullmatch(_ATTACHMENT, name) or name in self.attachments:
            raise ValueError(f"'{name}' cannot be the name of an attachment, or is one already")
        if len(text) > ATTACHED:
            raise ValueError(f"attachment '{name}' has {len(text)} characters, more than {ATTACHED}")
        self.attachments[name] = text

    def as_json(self) -> dict[str, Any]:
        """The record as JSON types."""
        entries = [vars(each) | {"measured": as_json(each.measured)} for each in self.measurements]
        return {
            "subject": self.subject,
            "measurements": entries,
            "files": self.files,
            "told": self.told,
            "attachments": self.attachments,
        }

    @classmethod
    def in_notebook(cls, notebook: dict[str, Any]) -> Record:
        """The record in an executed notebook's outputs; an empty one where there is none."""
        for cell in reversed(notebook["cells"]):
            for output in cell.get("outputs", ()):
                if MIMETYPE in output.get("data", {}):
                    data = output["data"][MIMETYPE]
                    record = cls(data["subject"], files=data["files"], told=data["told"])
                    for entry in data["measurements"]:
                        changes = {"measured": float(entry["measured"]), "where": tuple(entry["where"])}
                        record.add(Measurement(**entry | changes))
                    for name, text in data["attachments"].items():
                        record.attach(name, text)
                    return record
        return cls("")


@dataclass(frozen=True)
class Result:
    """One check against what was recorded for it.

    Attributes:
        check: the row of the table.
        subject: what it is about; empty where nothing was recorded.
        measurement: what was recorded, or None.
        crashed: whether the notebook that has to record it crashed.
    """

    check: Check
    subject: str
    measurement: Measurement | None
    crashed: bool = False

    @property
    def skipped(self) -> bool:
        """Whether there was nothing to measure, as the check allows."""
        return self.check.may_skip and self.measurement is not None and bool(self.measurement.skipped)

    @property
    def unmeasured(self) -> str:
        """Why there is no value that could hold; empty where there is one."""
        if self.measurement is None:
            return "its notebook crashed" if self.crashed else "not recorded"
        return self.measurement.skipped or ("" if self.measurement.compared else "nothing was compared")

    @property
    def passed(self) -> bool:
        """Whether it was measured on something, and holds."""
        found = self.measurement
        return found is not None and not self.unmeasured and self.check.holds(found.measured)

    @property
    def lost(self) -> bool:
        """Whether its notebook crashed before it was recorded."""
        return self.crashed and self.measurement is None

    @property
    def failed(self) -> bool:
        """Whether the run may not ship because of it."""
        return not (self.passed or self.skipped or self.lost) and self.check.severity == "error"

    @property
    def warned(self) -> bool:
        """Whether it does not hold, and the run may ship all the same."""
        return not (self.passed or self.skipped or self.lost or self.failed)

    @property
    def blamed(self) -> str:
        """The part that a failure points at, one of :data:`lib.policy.policy.PARTS`: where nothing was recorded, the run."""
        return self.check.blames if self.measurement is not None else RUN

    @property
    def mark(self) -> str:
        """The outcome in a word, with a sign for those who skim."""
        if self.passed:
            return "✓ pass"
        if self.skipped:
            return "– skipped"
        if self.lost:
            return "? crashed"
        word = "✗ FAIL" if self.failed else "! warning"
        return word if self.measurement is not None else f"{word}: not recorded"

    @property
    def value(self) -> str:
        """The measured value for people; the reason where it was skipped, a dash where there is none."""
        if self.measurement is None:
            return "—"
        return self.measurement.skipped or with_unit(self.measurement.measured, self.check.unit)

    @property
    def limit(self) -> str:
        """The threshold for people."""
        relation = {"<=": "≤", ">=": "≥", "==": "="}[self.check.relation]
        limit = with_unit(self.check.threshold, self.check.unit)
        return limit if self.check.unit == YES else f"{relation} {limit}"

    def as_json(self) -> dict[str, Any]:
        """Everything, as JSON types."""
        found, check = self.measurement, self.check
        return {
            "id": check.id,
            "notebook": check.notebook,
            "subject": self.subject,
            "says": check.says,
            "measured": None if found is None or found.skipped else as_json(found.measured),
            "relation": check.relation,
            "threshold": check.threshold,
            "unit": check.unit,
            "compared": found.compared if found else 0,
            "sampled": check.sampled,
            "where": list(found.where) if found else [],
            "blames": self.blamed,
            "severity": check.severity,
            "passed": self.passed,
            "skipped": found.skipped if found else "",
        }


def judged(policy: Policy, notebook: str, record: Record, crashed: bool = False) -> list[Result]:
    """A notebook's checks against what it recorded, in the order of the table.

    Args:
        policy: the table.
        notebook: its name.
        record: what it recorded.
        crashed: whether it ended before its last cell; then checks that it did not record are lost, not failed.

    Raises:
        UnknownCheck: it recorded one that the table does not have, or gives to another notebook.
    """
    found = {each.id: each for each in record.measurements}
    for id_ in found:
        if policy[id_].notebook != notebook:
            raise UnknownCheck(f"{notebook} recorded '{id_}', which is a check of {policy[id_].notebook}")
    rows = [check for check in policy.of(notebook) if check.id in found or not check.optional]
    return [Result(check, record.subject if check.id in found else "", found.get(check.id), crashed) for check in rows]


def answer(policy: Policy, notebook: str, results: Sequence[Result]) -> str:
    """What a notebook answers, in a sentence or two made of its own checks."""
    failed = [each for each in results if each.failed]
    warned = "".join(f" Warning: {_failure(each)}." for each in results if each.warned)
    if failed:
        said = "; ".join(_failure(each) for each in failed[:NAMED])
        said += f"; and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
        return f"No. {len(failed)} of {counted(len(results), 'check')} failed: {said}.{warned}"
    template = policy.answers.get(notebook, f"Yes. {counted(len(results), 'check')}, none failed.")
    values = {each.check.id: each for each in results}

    def filled(match: re.Match[str]) -> str:
        result = values[match[1]]
        return str(result.measurement.compared if result.measurement else 0) if match[2] else result.value

    said = re.sub(r"{([\w.-]+)(:compared)?}", filled, template)
    skipped = sum(each.skipped for each in results)
    return said + warned + (f" Skipped: {counted(skipped, 'check')}." if skipped else "")


def _failure(result: Result) -> str:
    if result.measurement is None:
        return f"{result.check.says}: not recorded ({result.check.id})"
    if result.measurement.compared == 0 and not result.measurement.skipped:
        return f"{result.check.says}: nothing was compared"
    where = f" ({listed(result.measurement.where)})" if result.measurement.where else ""
    return f"{result.check.says}: {result.value}{where}, where {result.limit} is required"


def listed(names: Sequence[str], most: int = LISTED) -> str:
    """Names in a row; the first ``most`` where there are more."""
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


COUNTED = ("levels", "logits")  # units in the plural, of which there may be one


def with_unit(value: float, unit: str) -> str:
    """A value for people, with its unit. Pictures of different shapes are infinitely far apart, and said to be that."""
    if unit in PICTURES and value == math.inf:
        return "another shape"
    if unit == YES and value in (0, 1):
        return "yes" if value else "no"
    said = number(value)
    if unit == "%" and said == "100" and value < 100:
        said = percent(value)
    return f"{said} {unit.removesuffix('s') if said == '1' and unit in COUNTED else unit}".rstrip()


def as_json(value: float) -> float | str:
    """A number, or the strings ``nan``, ``inf`` and ``-inf`` for those that JSON has no word for."""
    return value if math.isfinite(value) else str(float(value))
