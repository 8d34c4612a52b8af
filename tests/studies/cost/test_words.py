"""Shares and intervals in words."""

from __future__ import annotations

import math

import pytest

from lib.studies.cost import words
from lib.studies.cost.findings import Estimate


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0"), (1, "100"), (0.5, "50.0"), (0.9107, "91.1"), (0.9996, "99.960"), (0.0004, "0.040"), (math.nan, "—")],
)
def test_only_none_and_all_are_said_to_be_0_and_100_percent(share, said):
    assert words.percent(share) == said


@pytest.mark.parametrize(("change", "said"), [(0, "0"), (-0.05, "−5.0"), (0.0002, "+0.020"), (1e-17, "0"), (math.nan, "—")])
def test_points_have_a_sign(change, said):
    assert words.points(change) == said


def test_an_interval_stands_in_brackets_and_is_left_out_where_there_is_none():
    assert words.of_share(Estimate(0.5, 0.25, 0.75)) == "50.0\u00a0% (25.0 to 75.0)"
    assert words.of_number(Estimate(1.25, -0.5, 2)) == "1.25 (−0.5 to 2)"
    assert words.of_points(Estimate(0.1, math.nan, math.nan)) == "+10.0"
    assert words.in_percent(Estimate(math.nan, math.nan, math.nan)) == "—"


def test_what_a_share_leaves_has_its_ends_the_other_way_round():
    assert words.other(Estimate(0.75, 0.5, 1)) == Estimate(0.25, 0, 0.5)
