"""The forest plot."""

from __future__ import annotations

import math

import pytest

from lib.studies.cost.findings import Estimate
from lib.studies.cost.forest import Axis, Row, forest
from tests.conftest import assert_whole

LONGEST = "ONNX linear, AA, exclude_outside"


@pytest.mark.parametrize("count", [1, 8, 60])
@pytest.mark.parametrize("kinds", [(), ("decode", "resize", "normalise")])
def test_it_is_whole_with_few_rows_and_with_many(drawn, count, kinds):
    rows = [Row(LONGEST, Estimate(i, i - 1, i + 1), "100", kinds[i % 3] if kinds else "") for i in range(count)]
    shown = forest(rows, Axis("Answers that a mistake changes", "% of answers", kinds), "a plot", "rows <b>", "rows")
    assert_whole(drawn[0])
    assert 'alt="a plot"' in shown
    assert "rows &lt;b&gt;" in shown
    assert '<figure id="rows">' in shown


def test_a_value_without_an_interval_is_drawn_all_the_same(drawn):
    forest([Row("a", Estimate(3, math.nan, math.nan), "3")], Axis("A", "%"), "a plot", "one")
    assert_whole(drawn[0])
    (points,) = drawn[0].axes[0].lines
    assert list(points.get_xdata()) == [3]
