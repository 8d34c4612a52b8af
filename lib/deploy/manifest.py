"""What a package says of itself: one JSON file, held field by field, in which nothing unknown may stand."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from . import files
from .contract import Contract
from .domain import Domain
from .errors import BadInput, BadModel, quoted
from .pipelines import STAGES

FORMAT = 1
MOST = 10**6  # bytes
_HASH = re.compile(r"[0-9a-f]{64}")
_TEXTS = {str: str}
_TESTED = dict.fromkeys(("python", "numpy", "onnxruntime", "pillow"), str)
# What each field takes: a type; a pattern of a text; a list of one kind; {str: kind}, any names; {"name": kind}, these names.
_FIELDS: dict[str, Any] = {
    "format": int,
    "name": re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*"),
    "version": str,
    "made": str,
    "subject": {"name": str, "about": str, "sha256": _HASH, "claims_accuracy": bool, "preprocessing_source": str},
    "weights": {"name": str, "sha256": _HASH},
    "contract": dict,
    "domain": dict,
    "files": {str: _HASH},
    "beside": {str: _HASH},
    "memory": {"opened": int, "answer": int},
    "tolerances": dict.fromkeys(STAGES, float),
    "golden": _TEXTS,
    "requires": [str],
    "python": str,
    "tested": [_TESTED],
    "licences": {"package": str, "model": str, "photos": _TEXTS, "libraries": _TEXTS},
    "evidence": {"sha256": _HASH, "checks": int, "commit": str},
}
_MAY_BE_NONE = ("evidence",)


@dataclass(frozen=True)
class Manifest:
    """What was packed, from what, and what it was held to.

    Attributes:
        format: of this file, :data:`FORMAT`.
        name: of the package, as pip knows it.
        version: of the package: the moment at which its run began, or ``0.dev0`` without a run.
        made: when it was packed, or its run began, ISO 8601.
        subject: the model that is handed over: ``name``, ``about``, ``sha256`` of its TOML file, ``claims_accuracy`` and
            ``preprocessing_source``.
        weights: ``name`` and ``sha256`` of the weights file.
        contract: the preprocessing, as :class:`~lib.deploy.contract.Contract` has it.
        domain: the sizes it is right for, as :class:`~lib.deploy.domain.Domain` has them.
        files: SHA-256 by name of every file of the package but this one.
        beside: SHA-256 by name of the files that are handed over beside the wheel.
        memory: bytes that a process holds once it has ``opened`` the model, and that an ``answer`` takes beside those and
            beside the photo, with the largest input that the network may be fed; 0 where it was not measured.
        tolerances: what the output of each stage may differ by from a golden trace, in the units of
            :data:`~lib.deploy.difference.UNITS`.
        golden: the likeliest class by the name of each photo that has a golden trace.
        requires: the wheel's requirements, one a line as pip reads them.
        python: the versions of Python it is for, as pip reads them.
        tested: the sets of versions that it was run with: ``python``, ``numpy``, ``onnxruntime``, ``pillow``.
        licences: of the ``package``, the ``model``, the golden ``photos`` and the ``libraries`` that it requires.
        evidence: the checks that its run had passed when it was packed: ``sha256`` of the file, their number in ``checks``, and
            the ``commit`` they were measured at; None where it was packed without a run.
    """

    format: int
    name: str
    version: str
    made: str
    subject: Mapping[str, Any]
    weights: Mapping[str, str]
    contract: Mapping[str, Any]
    domain: Mapping[str, Any]
    files: Mapping[str, str]
    beside: Mapping[str, str]
    memory: Mapping[str, int]
    tolerances: Mapping[str, float]
    golden: Mapping[str, str]
    requires: Sequence[str]
    python: str
    tested: Sequence[Mapping[str, str]]
    licences: Mapping[str, Any]
    evidence: Mapping[str, Any] | None

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read a file.

        Raises:
            BadModel: it cannot be read, or is no such manifest; the line names the field.
        """
        try:
            return cls.parse(files.read(path, MOST), path.name)
        except OSError as error:
            raise BadModel(f"{path}: {error.strerror}; install the package again") from None

    @classmethod
    def parse(cls, data: bytes, where: str) -> Manifest:
        """Check the bytes of a file, field by field; ``where`` they come from goes into the message.

        Raises:
            BadModel: they are no such manifest; the line names the field.
        """
        try:
            values = json.loads(data, object_pairs_hook=_without_doubles)
        except (ValueError, RecursionError) as error:
            raise BadModel(f"{where}: is no JSON: {error}") from None
        expected = {name: kind for name, kind in _FIELDS.items() if not (name in _MAY_BE_NONE and _none(values, name))}
        nothing = {name: None for name in _MAY_BE_NONE if name not in expected}
        if isinstance(values, dict) and values.get("format", FORMAT) != FORMAT:
            raise BadModel(f"{where}: field 'format' is {quoted(values['format'])}; this package reads {FORMAT}")
        _require({k: v for k, v in values.items() if k not in nothing} if isinstance(values, dict) else values, expected, where)
        try:
            Contract.from_mapping({k: v for k, v in values["contract"].items() if v is not None}, f"{where}: contract")
            Domain.from_mapping(values["domain"], f"{where}: domain")
        except BadInput as error:
            raise BadModel(str(error)) from None
        return cls(**values)

    @property
    def photos_fed(self) -> str:
        """At which sizes photos are fed, and which are refused, in words."""
        contract = {name: value for name, value in self.contract.items() if value is not None}
        return Domain.from_mapping(self.domain, "domain").of_photos(Contract.from_mapping(contract, "contract"))

    def as_json(self) -> dict[str, Any]:
        """Everything, as JSON types."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def to_json(self) -> str:
        """The manifest as the text of its file."""
        return json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n"


def _none(values: object, name: str) -> bool:
    return isinstance(values, dict) and name in values and values[name] is None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{quoted(name)} stands there twice")
        found[name] = value
    return found


def _require(value: object, kind: Any, where: str) -> None:
    """Let a value pass that is of a kind, all the way down."""
    if isinstance(kind, dict):
        if not isinstance(value, dict):
            raise BadModel(f"{where}: is {quoted(value)}; it takes fields by name")
        named = str not in kind
        for name in value:
            if named and name not in kind:
                raise BadModel(f"{where}: unknown field {quoted(name)}; the fields are {', '.join(kind)}")
        for name in kind if named else value:
            if name not in value:
                raise BadModel(f"{where}: field '{name}' is missing")
            _require(value[name], kind[name if named else str], f"{where}: field {quoted(name)}")
    elif isinstance(kind, list):
        if not isinstance(value, list):
            raise BadModel(f"{where}: is {quoted(value)}; it takes a list")
        for each in value:
            _require(each, kind[0], where)
    elif isinstance(kind, re.Pattern):
        if not isinstance(value, str) or not kind.fullmatch(value):
            raise BadModel(f"{where}: is {quoted(value)}; it takes a text like {kind.pattern}")
    elif kind is float:
        if type(value) not in (int, float) or not 0 <= value <= sys.float_info.max:  # type: ignore[operator]
            raise BadModel(f"{where}: is {quoted(value)}; it takes a number, 0 or more")
    elif type(value) is not kind:
        raise BadModel(f"{where}: is {quoted(value)}; it takes a value of type {kind.__name__}")
