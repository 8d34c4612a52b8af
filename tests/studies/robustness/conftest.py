"""A hand-off with two photos, and the study of the deployment as it is."""

from __future__ import annotations

import pytest

from lib.studies.robustness import measure
from tests.few import of_photos


@pytest.fixture(scope="package")
def two(lite0):
    return of_photos(lite0, "coffee.png", "grace_hopper.jpg")


@pytest.fixture(scope="package")
def study(two, rules):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "drawn_fed", lambda *_: [(224, 300), (431, 224)])
        patch.setattr(measure, "drawn_photos", lambda *_: [(1500, 400), (31, 57), (460, 690)])
        return measure.measured(two, rules, seed=3)
