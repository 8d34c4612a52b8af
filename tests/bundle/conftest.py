"""One package of Lite0 with a run's evidence, its wheel, and one environment with it, which the tests of this folder share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.bundle import versions
from lib.bundle.contents import Contents, Evidence
from lib.bundle.environment import Environment, fresh
from lib.bundle.wheel import build
from lib.handoff import Handoff
from tests.bundle.shipped import MEASURED, evidence
from tests.packed import contents_of

STARTED = "2026-11-27T09:04:07+00:00"


@pytest.fixture(scope="session")
def ran() -> Evidence:
    """What a run has measured."""
    return Evidence(json.dumps(evidence(MEASURED, started=STARTED, git={"commit": "abc", "clean": True})).encode())


@pytest.fixture(scope="session")
def packed(lite0: Handoff, ran: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Contents:
    beside = tmp_path_factory.mktemp("beside") / "whole.onnx"
    beside.write_bytes(b"a file")
    return contents_of(lite0, evidence=ran, beside={beside.name: beside})


@pytest.fixture(scope="session")
def wheel(packed: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(packed, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def there(packed: Contents, wheel: Path) -> Iterator[Environment]:
    """No test may change it."""
    with fresh(wheel, packed.manifest.name, versions.sets("installed")[0]) as environment:
        yield environment
