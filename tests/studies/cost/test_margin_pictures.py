"""Which number tells a flip."""

from __future__ import annotations

from dataclasses import replace

from lib.studies.cost import margin_pictures
from tests.conftest import assert_whole
from tests.studies.cost.found import estimate, margins
from tests.studies.cost.test_pictures import said


def test_the_best_number_and_the_value_from_which_little_flips_are_named(drawn):
    shown = said(margin_pictures.margins(margins()))
    assert "Of 2 numbers lead in logits tells best which answers flip: AUC 0.9 (0.85 to 0.95)." in shown
    assert "overlaps" not in shown
    assert "at most 1 % flip" in shown
    assert "from 2.5 on" in shown
    assert "none" in shown
    assert "with a lead up to 1.00 logits 22.5 % (17.5 to 27.5) flip" in shown
    assert_whole(drawn[0])
    one = margins()
    shown = said(margin_pictures.margins(replace(one, bands=one.bands[:1])))
    assert "Of the answers with a lead of 0.00 to 1.00 logits 22.5 % (17.5 to 27.5) flip." in shown


def test_numbers_that_cannot_be_told_from_the_best_are_named():
    best, other = margins().predictors
    shown = said(margin_pictures.margins(replace(margins(), predictors=(best, replace(other, auc=estimate(0.86))))))
    assert "Its interval overlaps with that of entropy." in shown


def test_where_nothing_flips_nothing_is_claimed():
    shown = margin_pictures.margins(margins(0))
    assert "nothing can be said" in shown
    assert "<figure" not in shown
