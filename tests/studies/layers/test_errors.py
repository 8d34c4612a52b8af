"""Errors of blocks: how they are scaled, which are over, and which block errs by itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lib.studies.layers import errors, planted
from lib.studies.layers.errors import Error, Opened, Reading
from tests.studies.layers.conftest import ALONE, TOLERANCE


def reading(block: str, accumulated: float, local: float = 0.0) -> Reading:
    return Reading(block, Error(accumulated, 0.0), Error(local, 0.0), (1,))


@pytest.fixture(scope="module")
def healthy(network, expected):
    return Opened.of(network).readings(expected)


def test_every_block_agrees_by_itself_and_from_the_image_on(network, healthy, expected):
    assert [each.block for each in healthy] == network.names
    assert errors.compared(healthy) == len(healthy) == 20
    assert 0 < errors.largest(healthy, "accumulated") < TOLERANCE
    assert 0 < errors.largest(healthy, "local") < ALONE
    assert errors.first_over(healthy, TOLERANCE) is None
    assert [each.shape for each in healthy] == [expected[name].shape for name in network.names]


def test_only_the_faulty_block_errs_by_itself(network, expected):
    fault = planted.plant(network, "_blocks.7", seed=3)
    readings = Opened.of(fault.network).readings(expected)
    assert [each.block for each in readings if each.local.over(ALONE)] == ["_blocks.7"]
    assert errors.first_over(readings, TOLERANCE) == "_blocks.7"
    assert errors.stays_over(readings, TOLERANCE)
    assert errors.elsewhere(readings, "_blocks.7", TOLERANCE, ALONE) == 0
    assert errors.elsewhere(readings, "_blocks.9", TOLERANCE, ALONE) == 2  # _blocks.7 and, after it, _blocks.8


def test_the_worst_of_two_photos_is_kept_block_by_block(healthy):
    former = (reading("a", 1.0, 4.0), reading("b", 3.0, 2.0))
    later = (reading("a", 2.0, 3.0), reading("b", math.nan, 1.0))
    a, b = errors.worst_readings(former, later)
    assert (a.accumulated.difference, a.local.difference) == (2.0, 4.0)
    assert math.isnan(b.accumulated.difference)
    assert b.local.difference == 2.0
    assert errors.worst_readings((), healthy) == healthy


def test_a_nan_counts_as_over_and_as_not_compared():
    assert Error(math.nan, 1.0).over(TOLERANCE)
    assert errors.worse(Error(1.0, 1.0), Error(math.nan, 1.0)).difference != 1.0
    assert errors.compared([reading("stem", math.nan), reading("head", 0.0)]) == 1
    assert math.isnan(errors.largest([reading("stem", math.nan), reading("head", 1.0)], "accumulated"))


def test_of_two_equal_errors_the_first_is_kept():
    first = Error(1.0, 1.0)
    assert errors.worse(first, Error(1.0, 1.0)) is first


@pytest.mark.parametrize("over_from", range(1, 21))
def test_once_over_stays_over_is_noticed(over_from):
    readings = [reading(str(i), float(i >= over_from)) for i in range(20)]
    assert errors.stays_over(readings, TOLERANCE)
    assert errors.stays_over([*readings, reading("20", 0.0)], TOLERANCE) == (over_from == 20)


def test_an_error_is_absolute_for_small_outputs_and_relative_for_large_ones():
    near_zero = Error.of(np.full((1, 4), 1e-5), np.full((1, 4), 1.6e-5))
    assert near_zero.relative == pytest.approx(0.6)
    assert not near_zero.over(TOLERANCE)
    assert Error.of(np.full((1, 4), 1000.0), np.full((1, 4), 1000.05)).scaled == pytest.approx(5e-5, rel=0.01)
    assert Error.of(np.zeros((1, 4)), np.zeros((1, 3))).over(TOLERANCE)
