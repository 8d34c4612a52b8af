"""Pairs of mistakes, and repairs."""

from __future__ import annotations

import re

from lib.studies.cost import combined_pictures
from lib.studies.cost.findings import Repair, Repairs
from tests.studies.cost.found import cost, estimate, repairs, together
from tests.studies.cost.test_pictures import said


def test_costs_add_where_the_interval_holds_0():
    shown = combined_pictures.together(together())
    assert "may add in 1, are less than the sum in 1 and more in 1" in said(shown)
    answers = re.findall('data-label="costs add">([^<]*)<', shown)
    assert answers == ["less", "yes", "more"] * 2  # by the size of what is beyond the sum, once in answers and once in margin
    assert 'data-label="sum">16.0<' in shown  # 10 % and 6 %


def test_there_may_be_no_pair():
    assert "No pair" in combined_pictures.together(())


def test_the_part_that_wins_most_is_named_and_all_of_them_are_not_one():
    shown = said(combined_pictures.repairs(repairs()))
    assert "The naive deployment gives the reference's class on 40.0 % (34.0 to 44.0) of 50 answers." in shown
    assert "Of single parts resize filter wins most back, +30.0 (+25.0 to +35.0) points." in shown


def test_what_may_be_nothing_is_said_to_be_untold():
    unsure = Repairs(cost("x", 9), (Repair("decode", cost("decode", 8), estimate(0.02), estimate(0)),))
    assert "which these photos cannot tell from nothing" in combined_pictures.repairs({"deployment": unsure})
    worse = Repairs(cost("x", 9), (Repair("decode", cost("decode", 18), estimate(-0.2), estimate(0)),))
    shown = combined_pictures.repairs({"deployment": worse})
    assert "No single part wins anything back. It is worse with only this mended: decode." in shown
