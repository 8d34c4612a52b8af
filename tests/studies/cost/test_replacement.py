from __future__ import annotations

import math

import numpy as np
import pytest

from lib.studies.cost.costs import cost, tallied
from lib.studies.cost.intervals import Resampling
from lib.studies.cost.replacement import replacement
from tests.studies.cost.tables import REFUSED, answers, drawn_at_random, table

SIX = table(
    {
        "v1": answers([0, 0, 1, 1, REFUSED, REFUSED], [0] * 6),
        "v2": answers([0, 1, 1, 0, 0, REFUSED], [0] * 6),
    },
    lead=[1] * 6,
)


def replaced(labels, old="v1", new="v2", made=SIX):
    known = None if labels is None else np.array(labels, dtype=np.int32)
    return replacement(made, known, ("in production", old), ("candidate", new), Resampling(made.clusters, 0, 200))


def test_worked_example():
    found = replaced(None)
    assert (found.old, found.new, found.photos) == ("in production", "candidate", 6)
    assert (found.old_no_answer, found.new_no_answer) == (2, 1)
    assert found.flips == 3  # the photo that neither answers is none of them
    assert found.agreement.value == pytest.approx(3 / 6)
    assert found.agreement.low < 0.5 < found.agreement.high
    assert found.labelled is None
    assert math.isnan(found.old_accuracy)


def test_worked_example_with_labels():
    """Right before: photos 0, 1, 2. Right after: 0, 2, 3, 4."""
    found = replaced([0, 0, 1, 0, 0, 0])
    assert found.labelled is not None
    assert found.old_accuracy == pytest.approx(3 / 6)
    assert found.labelled.accuracy.value == pytest.approx(4 / 6)
    assert found.labelled.gained.value == pytest.approx(1 / 6)
    assert (found.labelled.negative, found.labelled.positive) == (1, 2)
    assert found.labelled.p == 1  # 1 and 2 of 3 tosses: every split of 3 is as uneven


def test_a_flip_between_two_wrong_classes_makes_nothing_right_or_wrong():
    found = replaced([4, 4, 4, 4, 4, -1])
    assert found.labelled is not None
    assert (found.flips, found.labelled.photos, found.labelled.negative, found.labelled.positive) == (3, 5, 0, 0)


def test_a_photo_without_a_label_is_never_right_though_neither_answers():
    found = replaced([4, 4, 4, 4, 4, -1])
    assert found.labelled is not None
    assert (found.labelled.accuracy.value, found.old_accuracy) == (0, 0)


def test_labels_that_are_all_unknown_are_none():
    assert replaced([-1] * 6).labelled is None


def test_the_reference_may_be_the_old_version():
    """It is then what the new one costs, less what neither answers: the reference answers everything."""
    made = drawn_at_random(["new"], 100, np.arange(100) % 30)
    labels = made.top1 % 2
    found = replaced(labels, "", "new", made)
    costs = cost(tallied(made, labels, ["new"], Resampling(made.clusters, 0, 200))["new"])
    assert found.old_no_answer == 0
    assert (found.flips, found.agreement, found.labelled) == (costs.flips, costs.agreement, costs.labelled)


def test_a_version_against_itself_moves_nothing():
    found = replaced([0] * 6, "v2", "v2")
    assert found.flips == 0
    assert found.agreement.value == 1
    assert found.agreement.low < 1
    assert found.labelled is not None
    assert (found.labelled.gained.value, found.labelled.p) == (0, 1)
