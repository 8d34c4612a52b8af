"""Two photos through every library, measured once."""

from __future__ import annotations

import pytest

from lib.handoff import Handoff
from lib.runtimes import converter
from lib.studies.runtimes import measure
from lib.studies.runtimes.measure import Answers
from tests.few import Asked, asked, of_photos


@pytest.fixture(scope="package")
def two(lite0: Handoff) -> Handoff:
    """The hand-off on two photos of different shapes, on one of which OpenCV's new engine is wrong."""
    return of_photos(lite0, "coffee.png", "grace_hopper.jpg")


@pytest.fixture(scope="package")
def measured_once(two: Handoff, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Answers], Asked]:
    """Every library on the two photos, on a machine without the converter, and what the reference was asked."""
    counted, written = asked(two)
    with pytest.MonkeyPatch.context() as patch:
        nowhere = tmp_path_factory.mktemp("none")
        patch.setattr(converter, "environment", lambda: nowhere / "converter")
        patch.setattr(converter, "folder_of", lambda _: nowhere / "converted")
        return measure.answers(counted, 2), written


@pytest.fixture(scope="package")
def results(measured_once: tuple[list[Answers], Asked]) -> list[Answers]:
    return measured_once[0]
