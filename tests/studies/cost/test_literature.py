"""What others measured."""

from __future__ import annotations

from lib.studies.cost.literature import literature
from tests.studies.cost.found import STAGES, found
from tests.studies.cost.test_pictures import said


def test_each_number_of_others_stands_with_why_it_is_another_measurement():
    shown = said(literature(found(), STAGES))
    assert "EfficientNet-B0" in shown
    assert "6.44 %" in shown
    assert shown.count("Not the same measurement") == 2


def test_ours_stands_beside_them_stage_by_stage():
    shown = said(literature(found(), STAGES))
    assert "of 1 mistake in decode 0 % in the median, 0 % at most" in shown
    assert "of 2 mistakes in resize 25.0 % in the median, 40.0 % at most" in shown
