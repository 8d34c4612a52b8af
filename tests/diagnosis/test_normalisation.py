"""Which mean and std fit."""

from __future__ import annotations

import numpy as np
import pytest

from lib.diagnosis.measurements import ANOTHER_NORMALISATION
from lib.diagnosis.normalisation import Line, fitted, known
from lib.mistakes import CATALOGUE
from tests.diagnosis.toy import CONTRACT, NORMALISE, RIGHT

LINES = known(CONTRACT)


def test_the_references_own_comes_first_and_every_scale_of_the_catalogue_is_known():
    assert LINES[0].name == ""
    np.testing.assert_allclose(LINES[0](RIGHT), NORMALISE(RIGHT), atol=1e-5)
    assert LINES[0].mean == pytest.approx(CONTRACT.mean, abs=1e-5)
    assert LINES[0].std == pytest.approx(CONTRACT.std, abs=1e-5)
    assert "reshape for transpose" not in {line.name for line in LINES}


@pytest.mark.parametrize("name", ["no mean and std", "mean and std of 0.5", "levels as they are", "divided by 255 twice"])
def test_a_known_one_is_recognised_on_a_picture_that_is_not_quite_the_services(name):
    stage = CATALOGUE[name].make(CONTRACT)
    softer = np.asarray((RIGHT.astype(int) + np.roll(RIGHT, 1, axis=1)) // 2, np.uint8)
    for picture in (RIGHT, softer):
        line, *beside = fitted(picture, np.asarray(stage(RIGHT))[0], LINES)
        assert line.name == name
        # within a level of each other, so that only a picture to the last digit tells them apart
        assert [each.name for each in beside] == ["Lite's mean and std"] * (name == "mean and std of 0.5" and picture is softer)


def test_another_one_is_said_with_its_numbers():
    other = Line("", np.full((3, 1, 1), 1 / 255 / 0.3, np.float32), np.full((3, 1, 1), -0.4 / 0.3, np.float32))
    (line,) = fitted(RIGHT, other(RIGHT)[0], LINES)
    assert line.name == ANOTHER_NORMALISATION
    assert line.mean == pytest.approx((0.4,) * 3, abs=1e-3)
    assert line.std == pytest.approx((0.3,) * 3, abs=1e-3)


def test_what_does_not_depend_on_the_picture_has_none():
    assert fitted(RIGHT, np.zeros((3, *RIGHT.shape[:2]), np.float32), LINES) == ()
    assert fitted(RIGHT, -NORMALISE(RIGHT)[0], LINES) == ()
    assert fitted(np.full_like(RIGHT, 9), NORMALISE(RIGHT)[0], LINES) == ()
