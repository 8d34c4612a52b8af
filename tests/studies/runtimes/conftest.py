"""Two photos through every library, measured once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.handoff import Handoff
from lib.inputs.photos import Photos
from lib.runtimes import converter
from lib.studies.runtimes import measure
from lib.studies.runtimes.measure import Answers


@pytest.fixture(scope="package")
def two(lite0: Handoff) -> Handoff:
    """The hand-off on two photos of different shapes, on one of which OpenCV's new engine is wrong."""
    return replace(lite0, photos=Photos((lite0.photos.readable[0], lite0.photos.readable[4]), ()))


@pytest.fixture(scope="package")
def results(two: Handoff, tmp_path_factory: pytest.TempPathFactory) -> list[Answers]:
    """Every library on the two photos, on a machine without the converter."""
    with pytest.MonkeyPatch.context() as patch:
        nowhere = tmp_path_factory.mktemp("none")
        patch.setattr(converter, "environment", lambda: nowhere / "converter")
        patch.setattr(converter, "folder_of", lambda _: nowhere / "converted")
        return measure.answers(two, 2)
