"""Holm's correction."""

from __future__ import annotations

import math

import pytest

from lib.studies.cost.holm import adjusted


def test_each_p_is_multiplied_by_how_many_are_left_and_none_falls_below_the_one_before():
    assert adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])  # as in R's p.adjust


def test_none_exceeds_one_and_one_test_stays_as_it_is():
    assert adjusted([0.9, 0.8]) == (1.0, 1.0)
    assert adjusted([0.04]) == (0.04,)


def test_what_was_not_tested_is_no_test():
    found = adjusted([math.nan, 0.02, 0.5])
    assert math.isnan(found[0])
    assert found[1:] == pytest.approx((0.04, 0.5))


def test_there_may_be_none():
    assert adjusted([]) == ()
