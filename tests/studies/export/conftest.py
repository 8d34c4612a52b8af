"""One small run of the study, which the tests of this folder share; none may change it."""

from __future__ import annotations

import pytest

from lib.handoff import Handoff
from lib.policy import Policy
from lib.studies.export.measure import Study, measured
from tests.few import Asked, asked, of_photos

PHOTOS = ("coffee.png", "grace_hopper.jpg", "camera.png")
SIZES = 8  # not a multiple of the photos


@pytest.fixture(scope="session")
def few(lite0: Handoff) -> Handoff:
    return of_photos(lite0, *PHOTOS)


@pytest.fixture(scope="session")
def measured_once(few: Handoff, rules: Policy) -> tuple[Study, Asked]:
    counted, written = asked(few)
    return measured(counted, rules, SIZES, seed=1), written


@pytest.fixture(scope="session")
def study(measured_once: tuple[Study, Asked]) -> Study:
    return measured_once[0]
