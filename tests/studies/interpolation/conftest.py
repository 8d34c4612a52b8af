"""The study, measured once for all tests of it."""

from __future__ import annotations

import pytest

from lib.studies.interpolation import measure
from tests.few import asked, of_photos

PHOTOS = ("coffee.png", "camera.png")


@pytest.fixture(scope="package")
def few(lite0):
    return of_photos(lite0, *PHOTOS)


@pytest.fixture(scope="package")
def measured(few, rules):
    """The study, and what it asked the reference."""
    counted, written = asked(few)
    return measure.measured(counted, rules), written


@pytest.fixture(scope="package")
def study(measured):
    return measured[0]
