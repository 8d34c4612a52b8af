from __future__ import annotations

import numpy as np
import pytest

from lib.studies.cost.costs import tallied
from lib.studies.cost.findings import Estimate
from lib.studies.cost.intervals import Resampling
from lib.studies.cost.repairs import repairs
from tests.studies.cost.tables import REFUSED, answers, drawn_at_random, table

MENDED = {"resize": "with resize", "colour": "with colour", "all": ""}


def test_worked_example():
    ways = {
        "naive": answers([1, 1, REFUSED, 0], [-1, -2, 0, 1]),
        "with resize": answers([0, 1, REFUSED, 0], [1, -1, 0, 2]),
        "with colour": answers([1, 1, REFUSED, 0], [-1, -2, 0, 1]),
    }
    made = table(ways, lead=[2, 2, 2, 2])
    found = repairs("naive", MENDED, tallied(made, None, ["naive", *MENDED.values()], Resampling(made.clusters, 0, 200)))
    resize, colour, everything = found.repairs
    assert [one.part for one in found.repairs] == ["resize", "colour", "all"]
    assert found.before.agreement.value == 1 / 4
    assert found.before.margin_lost.value == pytest.approx((3 + 4 + 1) / 3)
    assert resize.won.value == 1 / 4
    assert resize.margin_won.value == pytest.approx((3 + 4 + 1) / 3 - (1 + 3 + 0) / 3)
    assert resize.won.low < resize.won.value < resize.won.high
    assert (colour.won.value, colour.margin_won.value) == (0, 0)
    assert colour.won.low < 0 < colour.won.high  # four photos do not tell that it never wins anything
    assert everything.cost.agreement == Estimate(1, 1, 1)
    assert everything.cost.margin_lost == everything.cost.kl == Estimate(0, 0, 0)
    assert everything.won.value == 3 / 4
    assert everything.margin_won.value == pytest.approx(found.before.margin_lost.value)


def test_all_that_the_reference_wins_is_as_uncertain_as_what_was_lost():
    made = drawn_at_random(["naive"], 200, np.arange(200) % 40)
    found = repairs("naive", {"all": ""}, tallied(made, None, ["naive", ""], Resampling(made.clusters, 0, 300)))
    lost, won = found.before.agreement, found.repairs[0].won
    assert (won.low, won.value, won.high) == pytest.approx((1 - lost.high, 1 - lost.value, 1 - lost.low))
