"""What an ONNX file says of itself, against the subject that it was made of, field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

from onnx import ModelProto

from lib.deploy.model import CLASSES_KEY, CONTRACT_KEY, DOMAIN_KEY
from lib.export import exporter
from lib.handoff import Handoff


@dataclass(frozen=True)
class Inscription:
    """One file.

    Attributes:
        fields: how many fields were compared.
        wrong: those that are not the subject's, by name, as ``contract.mean`` or ``classes 207``.
    """

    fields: int
    wrong: tuple[str, ...]

    @classmethod
    def of(cls, model: ModelProto, handoff: Handoff) -> Inscription:
        """Compare contract, class names, domain and provenance."""
        written = {entry.key: _parsed(entry.value) for entry in model.metadata_props}
        expected: dict[str, Mapping[Any, Any]] = {
            "contract": asdict(handoff.subject.contract),
            "domain": asdict(exporter.domain(handoff.subject)),
            "provenance": exporter.origin(handoff.subject, handoff.weights_sha256, handoff.exporter, handoff.opset),
            "classes": dict(enumerate(handoff.subject.classes)),
        }
        classes = written.get(CLASSES_KEY)
        found = {
            "contract": written.get(CONTRACT_KEY),
            "domain": written.get(DOMAIN_KEY),
            "provenance": written.get(exporter.PROVENANCE_KEY),
            "classes": dict(enumerate(classes)) if isinstance(classes, list) else None,
        }
        compared = {name: _compared(values, found[name]) for name, values in expected.items()}
        wrong = [f"{part}.{name}" for part, fields in compared.items() for name, same in fields.items() if not same]
        return cls(sum(map(len, compared.values())), tuple(wrong))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _compared(expected: Mapping[Any, Any], found: Any) -> dict[str, bool]:
    """Field by field whether it is the expected one; fields that only one side has are not."""
    values = found if isinstance(found, dict) else {}
    names = dict.fromkeys([*expected, *values])
    return {str(name): name in expected and name in values and _same(expected[name], values[name]) for name in names}


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, tuple):
        pairs = zip_longest(expected, found) if isinstance(found, list) else [(expected, None)]
        return all(_same(a, b) for a, b in pairs)
    return type(expected) is type(found) and expected == found
