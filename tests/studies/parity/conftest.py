"""The study, measured once on two photos, and what it asked the reference."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from lib.handoff import Handoff
from lib.studies.parity.measure import Study, measured
from tests.few import Asked, asked, of_photos


@dataclass(frozen=True)
class Measured:
    handoff: Handoff
    study: Study
    asked: Asked


@pytest.fixture(scope="package")
def parity(lite0, rules) -> Measured:
    few = of_photos(lite0, "coffee.png", "grace_hopper.jpg")
    counted, written = asked(few)
    return Measured(few, measured(counted, rules, seed=0), written)
