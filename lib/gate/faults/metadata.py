"""Faults of what the file says of itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from operator import methodcaller
from typing import Any

from lib.deploy.model import CLASSES_KEY, CONTRACT_KEY, DOMAIN_KEY
from lib.export.exporter import PROVENANCE_KEY
from lib.gate.case import Case
from lib.gate.graphs import Change, metadata


def _edited(key: str, change: Callable[[Any], Any]) -> Change:
    return metadata(key, lambda text: json.dumps(change(json.loads(text))))


def _with(key: str, **values: Any) -> Change:
    return _edited(key, lambda fields: fields | values)


def _exchanged(names: list[str]) -> list[str]:
    return [names[1], names[0], *names[2:]]


_CHANGES: tuple[tuple[str, str, Change], ...] = (
    ("class names shifted by one", "metadata", _edited(CLASSES_KEY, lambda names: [*names[1:], names[0]])),
    ("two class names exchanged", "metadata", _edited(CLASSES_KEY, _exchanged)),
    ("a class name misspelt", "metadata", _edited(CLASSES_KEY, lambda names: [*names[:-1], names[-1] + "s"])),
    ("class names sorted", "metadata", _edited(CLASSES_KEY, sorted)),
    ("another mean in the contract", "metadata", _with(CONTRACT_KEY, mean=[0.485, 0.456, 0.406])),
    ("a std off in the fourth digit", "metadata", _with(CONTRACT_KEY, std=[0.5021, 0.5021, 0.5021])),
    ("another filter in the contract", "metadata", _with(CONTRACT_KEY, filter="bicubic")),
    ("another rule in the contract", "metadata", _with(CONTRACT_KEY, rule="squash")),
    ("another size in the contract", "metadata", _with(CONTRACT_KEY, size=225)),
    ("a crop in the contract", "metadata", _with(CONTRACT_KEY, rule="shorter-side-crop", crop=224)),
    ("a domain that promises more", "metadata", _with(DOMAIN_KEY, most=4096)),
    ("a domain that begins lower", "metadata", _with(DOMAIN_KEY, least=16)),
    ("the hash of other weights", "metadata", _with(PROVENANCE_KEY, weights_sha256="0" * 64)),
    ("the name of another subject", "metadata", _with(PROVENANCE_KEY, subject="b0-imagenet")),
    ("the hash of another subject's file", "metadata", _with(PROVENANCE_KEY, subject_sha256="0" * 64)),
    (
        "a claim on accuracy turned round",
        "metadata",
        _edited(PROVENANCE_KEY, lambda fields: fields | {"claims_accuracy": False}),
    ),
    ("another exporter", "metadata", _with(PROVENANCE_KEY, exporter="torchscript")),
    ("other versions", "metadata", _with(PROVENANCE_KEY, versions={"torch": "1.0"})),
    ("no provenance", "metadata", metadata(PROVENANCE_KEY, lambda _: None)),
    ("a provenance that is a list", "metadata", metadata(PROVENANCE_KEY, lambda _: "[1, 2]")),
    ("no contract", "handoff.contract", metadata(CONTRACT_KEY, lambda _: None)),
    ("no class names", "handoff.classes", metadata(CLASSES_KEY, lambda _: None)),
    ("no domain", "handoff.domain", metadata(DOMAIN_KEY, lambda _: None)),
    ("a contract that is not JSON", "handoff.contract", metadata(CONTRACT_KEY, lambda _: "{")),
    ("one class name less", "class", _edited(CLASSES_KEY, lambda names: names[:-1])),
)
CASES = tuple(Case("metadata", name, expected, methodcaller("with_network", change)) for name, expected, change in _CHANGES)
