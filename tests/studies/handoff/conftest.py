"""One small run of the study on Lite0, in a folder as a run hands it on, which the tests of this folder share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lib.handoff import Handoff
from lib.policy import Policy
from lib.report.run import EVIDENCE, PACKAGE
from lib.studies.handoff import costs, unseen
from lib.studies.handoff.measure import Study, measured
from tests.bundle.shipped import MEASURED, evidence
from tests.few import of_photos

STARTED = "2026-11-27T09:04:07+00:00"


def handed_on(folder: Path, told: dict) -> Path:
    """A folder as a run works in, with what it measured."""
    (folder / PACKAGE).mkdir(parents=True)
    (folder / PACKAGE / EVIDENCE).write_text(json.dumps(told))
    return folder


@pytest.fixture(scope="package")
def few(lite0: Handoff) -> Handoff:
    return of_photos(lite0, "coffee.png", "camera.png")


@pytest.fixture(scope="package")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    told = evidence(MEASURED, started=STARTED, git={"commit": "abc", "clean": True})
    return handed_on(tmp_path_factory.mktemp("run"), told)


@pytest.fixture(scope="package")
def study(few: Handoff, rules: Policy, run: Path) -> Study:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(costs, "STARTS", 1)
        patched.setattr(unseen, "OTHERS", unseen.OTHERS[:3])
        found = measured(few, rules, str(run), "installed", parts=2, seed=3, rounds=2)
    assert isinstance(found, Study)
    return found
