"""The results of a run, as its ``results.json`` has them.

A newer run may have keys that are not known here; they are let pass. What is used has to be there, and to be what it should.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from lib.audit import strict
from lib.deploy import BadInput
from lib.deploy.errors import quoted
from lib.inputs.reading import read_bytes
from lib.inputs.schema import STRICT, Finite, Flag, Text, fitted

NAME = "results.json"
_USE = f"name the folder of a report, or the {NAME} in it"
_WORDLESS = ("nan", "inf", "-inf")  # what a value is called that JSON has no word for


def _value(value: object) -> object:
    return float(value) if isinstance(value, str) and value in _WORDLESS else value


class _Known(BaseModel):
    """A part of which some keys are used."""

    model_config = ConfigDict(frozen=True, **STRICT | {"extra": "ignore"})


class Row(_Known):
    """One check, as it was judged.

    Attributes:
        measured: in ``unit``, NaN and infinity included; None where there was nothing to measure, or nobody recorded it.
        skipped: why there was nothing to measure, or empty.
    """

    id: Text
    notebook: Text
    says: Text
    measured: Annotated[
        float | None,
        Field(allow_inf_nan=True, description=f"a number, one of {', '.join(_WORDLESS)}, or null"),
        BeforeValidator(_value),
    ]
    relation: Annotated[Literal["<=", ">=", "=="], Field(description="one of <=, >=, ==")]
    threshold: Finite
    unit: Text
    compared: Annotated[int, Field(ge=0, description="a whole number, 0 or more")]
    severity: Annotated[Literal["error", "warning"], Field(description="one of error, warning")]
    passed: Flag
    skipped: Text

    @property
    def outcome(self) -> str:
        """What came of it in a word: ``passed``, ``skipped``, ``failed`` or ``warned``."""
        if self.passed:
            return "passed"
        if self.skipped:
            return "skipped"
        return "failed" if self.severity == "error" else "warned"


class Subject(_Known):
    """The subject of a run, or that of its swish story, with the SHA-256 of its file and of its weights."""

    name: Text
    sha256: Text
    weights_sha256: Text


class _Named(_Known):
    name: Text


class _Photo(_Known):
    name: Text
    sha256: Text


class Machine(_Known):
    """What a run ran on."""

    system: Text
    processor: Text
    cores: Annotated[int | None, Field(description="a whole number")]


class Git(_Known):
    """The commit that the code was at, and whether nothing was changed since; None for both where nobody knows."""

    commit: Annotated[str | None, Field(description="a text")]
    clean: Annotated[bool | None, Field(description="true or false")]


_Texts = Annotated[dict[str, str], Field(description="texts by name")]
_Rows = Annotated[list[dict[str, Any]], Field(description="a list of tables")]


class _Photos(_Known):
    readable: _Rows


class _Report(_Known):
    """A whole report; the items of its lists are held one by one."""

    verdict: Text
    complete: Flag
    checks: _Rows
    notebooks: _Rows
    files: _Texts
    subject: Annotated[Subject, Field(description="a table")]
    story: Annotated[Subject, Field(description="a table")]
    parameters: Annotated[dict[str, str | bool | int | float], Field(description="texts, numbers, true or false by name")]
    photos: Annotated[_Photos, Field(description="a table")]
    versions: _Texts
    machine: Annotated[Machine, Field(description="a table")]
    git: Annotated[Git, Field(description="a table")]
    started: Text
    seconds: Annotated[float, Field(ge=0, description="a number, 0 or more")]


@dataclass(frozen=True)
class Results:
    """What a run left.

    Attributes:
        verdict: its key, as :attr:`lib.policy.Verdict.key`.
        complete: whether the whole set of notebooks was run.
        checks: by id, in the order of the policy.
        notebooks: names of those that were run.
        files: SHA-256 of the files that the checks are about, by name.
        subject: which was handed over.
        story: that of the swish story; the same, where that has a swish.
        parameters: by name.
        photos: SHA-256 of those that were looked at, by name.
        versions: of Python and of packages, by name.
        machine: what it ran on.
        git: which code.
        started: the time, by ISO 8601.
        seconds: how long it took.
    """

    verdict: str
    complete: bool
    checks: Mapping[str, Row]
    notebooks: Sequence[str]
    files: Mapping[str, str]
    subject: Subject
    story: Subject
    parameters: Mapping[str, str | bool | int | float]
    photos: Mapping[str, str]
    versions: Mapping[str, str]
    machine: Machine
    git: Git
    started: str
    seconds: float


def load(path: str | Path) -> Results:
    """The results in a report's folder, or in a ``results.json`` itself.

    Raises:
        BadInput: it cannot be read, is no JSON, or is not what a run leaves; the message is one line.
    """
    file = _file(Path(path))
    where = f"run {file}"
    try:
        return parsed(strict.parsed(read_bytes(file, "run", strict.MOST), where), where)
    except BadInput as error:
        raise BadInput(f"{error}; {_USE}") from None


def _file(path: Path) -> Path:
    try:
        return path / NAME if path.is_dir() else path
    except OSError:  # of a name that is too long; reading says so
        return path


def parsed(data: object, where: str) -> Results:
    """The results of a run from JSON types, as :meth:`lib.report.run.Run.as_json` gives them.

    Args:
        data: JSON types.
        where: where they are from, for the message.

    Raises:
        BadInput: a part that is used is missing, or not what it should be.
    """
    if not isinstance(data, dict):
        raise BadInput(f"{where}: holds {quoted(data)}, where a run leaves a table")
    report = fitted(_Report, data, where)
    checks = _each(Row, report.checks, f"{where}: check")
    rows = {row.id: row for row in checks}
    if len(rows) < len(checks):
        raise BadInput(f"{where}: two checks have the same id")
    return Results(
        **{name: getattr(report, name) for name in vars(report) if name not in ("checks", "notebooks", "photos")},
        checks=rows,
        notebooks=[each.name for each in _each(_Named, report.notebooks, f"{where}: notebook")],
        photos={each.name: each.sha256 for each in _each(_Photo, report.photos.readable, f"{where}: photo")},
    )


_T = TypeVar("_T", bound=_Known)


def _each(kind: type[_T], entries: Sequence[dict[str, Any]], where: str) -> list[_T]:
    return [fitted(kind, entry, f"{where} {i}") for i, entry in enumerate(entries, 1)]
