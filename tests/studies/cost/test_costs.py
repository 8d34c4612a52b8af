from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import binomtest

from lib.studies.cost.costs import REFERENCE, Tally, cost, mcnemar, tallied
from lib.studies.cost.findings import Estimate
from lib.studies.cost.intervals import Resampling
from lib.sweep.table import Table
from tests.studies.cost.tables import REFUSED, answers, drawn_at_random, table

NOTHING = Estimate(0, 0, 0)


def tally(table: Table, way: str = "way", labels: list[int] | None = None) -> Tally:
    known = None if labels is None else np.array(labels, dtype=np.int32)
    return tallied(table, known, [way], Resampling(table.clusters, 0, 200))[way]


# Five photos, of class 0 each. The way agrees on the first three, takes the fourth for another class and refuses the fifth.
FIVE = table({"way": answers([0, 0, 0, 2, REFUSED], [3, 1, 1, -1, 0], [0, 0.5, 0.5, 3, 0])}, lead=[3, 2, 1, 1, 4])


def test_worked_example():
    found = cost(tally(FIVE))
    assert (found.name, found.photos, found.no_answer, found.flips) == ("way", 5, 1, 2)
    assert found.agreement.value == pytest.approx(3 / 5)
    assert found.margin_lost.value == pytest.approx((0 + 1 + 0 + 2) / 4)  # the one without an answer lost no margin
    assert found.kl.value == pytest.approx((0 + 0.5 + 0.5 + 3) / 4)
    assert found.labelled is None
    assert 0 <= found.agreement.low < found.agreement.value < found.agreement.high <= 1
    assert 0 <= found.margin_lost.low < found.margin_lost.value < found.margin_lost.high <= 2


def test_worked_example_with_labels():
    """The reference has photos 0, 3 and 4 of the four labelled ones right; the way has 0 right, and 3 and 4 wrong."""
    found = cost(tally(FIVE, labels=[0, 1, -1, 0, 0])).labelled
    assert found is not None
    assert (found.photos, found.negative, found.positive) == (4, 2, 0)
    assert found.accuracy.value == pytest.approx(1 / 4)
    assert found.gained.value == pytest.approx(1 / 4 - 3 / 4)
    assert found.negative_rate.value == pytest.approx(2 / 4)
    assert found.positive_rate.value == 0
    assert found.positive_rate.high == pytest.approx(binomtest(0, 4).proportion_ci(0.95, method="exact").high)
    assert found.p == 0.5  # two photos, both on one side: 2 / 2**2


def test_a_flip_may_put_an_answer_right():
    found = cost(tally(FIVE, labels=[1, 1, 1, 2, 1])).labelled
    assert found is not None
    assert (found.negative, found.positive, found.gained.value) == (0, 1, pytest.approx(0.2))


@pytest.mark.parametrize("labels", [None, [-1] * 5])
def test_without_labels_nothing_is_said_of_right_and_wrong(labels):
    assert tally(FIVE, labels=labels).judged is None


def test_mcnemar_worked_by_hand():
    """Of ten discordant photos eight went wrong: 0, 1, 2, 8, 9 or 10 heads of ten tosses, (1 + 10 + 45) * 2 / 1024."""
    assert mcnemar(8, 2) == pytest.approx(float(Fraction(112, 1024)))
    assert mcnemar(2, 8) == pytest.approx(mcnemar(8, 2))


def test_mcnemar_without_any_difference_or_with_an_even_one_finds_none():
    assert mcnemar(0, 0) == 1
    assert mcnemar(5, 5) == 1


def test_a_way_that_answers_nothing():
    found = cost(tally(table({"way": answers([REFUSED] * 3, [0] * 3)}, lead=[1, 2, 3]), labels=[0, 0, 1]))
    assert (found.no_answer, found.flips, found.agreement.value, found.agreement.low) == (3, 3, 0, 0)
    assert 0.7 < found.agreement.high < 0.71  # 1 - 0.025 ** (1 / 3)
    assert math.isnan(found.margin_lost.value)
    assert math.isnan(found.kl.value)
    assert found.labelled is not None
    assert (found.labelled.accuracy.value, found.labelled.negative, found.labelled.positive) == (0, 2, 0)


def test_one_photo():
    found = cost(tally(table({"way": answers([0], [1])}, lead=[3]), labels=[0]))
    assert found.agreement == Estimate(1, pytest.approx(0.025), 1)
    assert found.margin_lost.value == 2
    assert math.isnan(found.margin_lost.low)
    assert found.labelled is not None
    assert found.labelled.gained == Estimate(0, pytest.approx(-0.975), pytest.approx(0.975))


def test_one_cluster_of_many_photos():
    found = cost(tally(table({"way": answers([0, 0, 1, 1], [1, 1, -1, -1])}, lead=[3] * 4, clusters=[0] * 4)))
    assert found.agreement.value == 0.5
    assert found.agreement.high - found.agreement.low > 0.95
    assert found.margin_lost.value == 3
    assert math.isnan(found.margin_lost.high)


def test_the_reference_costs_nothing_for_certain():
    found = cost(tally(FIVE, REFERENCE, labels=[0, 1, -1, 0, 0]))
    assert (found.name, found.flips, found.no_answer) == ("reference", 0, 0)
    assert found.agreement == Estimate(1, 1, 1)
    assert found.margin_lost == found.kl == NOTHING
    assert found.labelled is not None
    assert found.labelled.accuracy.value == 0.75
    assert found.labelled.accuracy.low < 0.75 < found.labelled.accuracy.high
    assert found.labelled.gained == found.labelled.negative_rate == found.labelled.positive_rate == NOTHING
    assert found.labelled.p == 1


def test_a_way_costs_the_same_whatever_is_counted_beside_it():
    made = drawn_at_random(["a", "b", "c"], 300, np.arange(300) % 60)
    labels = made.top1 % 3
    at_once = tallied(made, labels, ["c", "a", "b"], Resampling(made.clusters, 3, 100))
    alone = tallied(made, labels, ["b"], Resampling(made.clusters, 3, 100))
    assert cost(at_once["b"]) == cost(alone["b"])
