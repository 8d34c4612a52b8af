"""What is not in the catalogue."""

from __future__ import annotations

import numpy as np
import pytest

from lib.diagnosis.candidates import singles
from lib.diagnosis.strangers import STRANGERS
from tests.diagnosis.toy import CONTRACT, DATA, NORMALISE, RIGHT


def test_there_are_enough_of_them():
    assert len(STRANGERS) >= 30


@pytest.fixture(scope="module")
def catalogue() -> list[np.ndarray]:
    return [candidate.values for candidate in singles(DATA, CONTRACT, levels=False)]


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_is_none_of_the_catalogue_and_not_the_reference(name, catalogue):
    made = STRANGERS[name](DATA, CONTRACT)
    assert made.dtype == np.float32
    assert made.ndim == 3
    assert made.shape[0] == 3
    assert np.isfinite(made).all()
    assert not any(made.shape == each.shape and np.abs(made - each).max() <= 1e-3 for each in catalogue)


def test_a_stranger_is_the_same_at_every_call():
    for name in ("noise", "salt and pepper"):
        np.testing.assert_array_equal(STRANGERS[name](DATA, CONTRACT), STRANGERS[name](DATA, CONTRACT))


def test_a_stranger_is_what_it_is_called():
    np.testing.assert_array_equal(STRANGERS["inverted"](DATA, CONTRACT), NORMALISE(255 - RIGHT)[0])
    np.testing.assert_array_equal(STRANGERS["green, red, blue"](DATA, CONTRACT), NORMALISE(RIGHT[:, :, [1, 0, 2]])[0])
