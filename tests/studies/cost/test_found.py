from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from lib.studies.cost.findings import Found
from lib.studies.cost.found import found
from lib.sweep.table import Table
from tests.studies.cost.tables import answers, drawn_at_random, table

WAYS = ["a", "b", "c", "a + b", "naive", "naive with a", "deployment"]
REPAIRS = {"naive": ("naive", {"a": "naive with a", "all": ""})}


@pytest.fixture(scope="module")
def made() -> Table:
    return drawn_at_random(WAYS, 300, np.arange(300) % 70)


def all_of(made: Table, labels: np.ndarray | None = None, seed: int = 5) -> Found:
    versions = ("old", "naive", "new", "deployment")
    return found(made, labels, ["c", "a", "b"], [("a", "b")], REPAIRS, "deployment", versions, seed, 100)


def test_everything_is_found(made):
    told = all_of(made, np.where(np.arange(300) % 3, made.top1, -1).astype(np.int32))
    assert list(told.costs) == ["c", "a", "b"]
    assert told.deployment.name == "deployment"
    assert [one.both.name for one in told.together] == ["a + b"]
    assert [one.part for one in told.repairs["naive"].repairs] == ["a", "all"]
    assert told.margins.bands[0].rate.value > told.margins.bands[-1].rate.value
    assert told.margins.predictors[0].auc.low > 0.5
    assert sum(band.answers for band in told.margins.bands) == 900 - sum(one.no_answer for one in told.costs.values())
    assert told.reference_accuracy is not None
    assert told.reference_accuracy.value == 1
    assert told.replacement is not None
    assert told.replacement.labelled is not None
    assert told.replacement.old_accuracy < 1


def test_the_same_table_tells_the_same_to_the_last_digit(made):
    labels = (made.top1 % 3).astype(np.int32)
    assert repr(all_of(made, labels)) == repr(all_of(made, labels))
    assert repr(all_of(made, labels)) != repr(all_of(made, labels, seed=6))


def test_each_way_is_read_once_and_again_for_the_replacement(made):
    read: Counter[str] = Counter()
    all_of(replace(made, read=lambda way: read.update([way]) or made.read(way)))
    assert read == {way: 1 + (way in ("naive", "deployment")) for way in WAYS}


@pytest.mark.parametrize("labels", [None, np.full(300, -1, dtype=np.int32)])
def test_without_labels_nothing_is_right_or_wrong(made, labels):
    told = all_of(made, labels)
    assert told.reference_accuracy is None
    assert told.deployment.labelled is None
    assert told.replacement is not None
    assert told.replacement.labelled is None


def test_labels_do_not_move_what_is_said_of_all_photos(made):
    with_labels, without = all_of(made, (made.top1 % 3).astype(np.int32)), all_of(made)
    assert with_labels.margins == without.margins
    assert with_labels.costs["a"].margin_lost == without.costs["a"].margin_lost


def test_one_photo():
    one = table({"a": answers([1], [-1])}, lead=[2])
    told = found(one, np.array([0], dtype=np.int32), ["a"], [], {}, "", None, 0, 20)
    assert told.costs["a"].flips == 1
    assert told.deployment.agreement.value == 1
    assert told.replacement is None
    assert told.reference_accuracy is not None
    assert (told.reference_accuracy.value, told.reference_accuracy.high) == (1, 1)
    assert len(told.margins.bands) == 1
    assert math.isnan(told.margins.predictors[0].safe)
