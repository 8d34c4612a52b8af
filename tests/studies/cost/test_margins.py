from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest, mannwhitneyu

from lib.studies.cost import margins as margins_
from lib.studies.cost.costs import tallied
from lib.studies.cost.findings import Margins
from lib.studies.cost.intervals import Drawn, Resampling
from lib.studies.cost.margins import auc, bands, margins, safe
from lib.sweep.table import Table
from tests.studies.cost.tables import REFUSED, answers, drawn_at_random, table


def found(table: Table, repeats: int = 200) -> Margins:
    resampling = Resampling(table.clusters, 0, repeats)
    return margins(table, list(tallied(table, None, table.ways, resampling).values()), resampling)


def area(table: Table, repeats: int = 0) -> Drawn:
    resampling = Resampling(table.clusters, 0, repeats)
    return auc([table.lead], list(tallied(table, None, table.ways, resampling).values()), resampling)[0]


def exact(table: Table, photos: np.ndarray | None = None) -> float:
    """All pairs of one mistake's answers, by the Mann-Whitney statistic of each, over photos by their places."""
    photos = np.arange(len(table.top1)) if photos is None else photos
    smaller, pairs = 0.0, 0
    for way in table.ways:
        top1 = table.read(way).top1[photos]
        lead, same, answered = table.lead[photos], top1 == table.top1[photos], top1 != REFUSED
        kept, flipped = lead[same], lead[answered & ~same]
        if len(kept) and len(flipped):
            smaller += mannwhitneyu(kept, flipped, method="asymptotic").statistic
            pairs += len(kept) * len(flipped)
    return smaller / pairs


def test_area_worked_by_hand():
    """Of 2 * 2 pairs the flipped one has the smaller lead in (1, 2), (1, 4) and (3, 4), not in (3, 2)."""
    assert area(table({"way": answers([1, 0, 1, 0], [0] * 4)}, lead=[1, 2, 3, 4])).value == 3 / 4


def test_equal_numbers_count_half():
    assert area(table({"way": answers([1, 0, 0], [0] * 3)}, lead=[2, 2, 3])).value == (0.5 + 1) / 2


def test_mistakes_are_not_compared_with_one_another():
    """Each by itself is told perfectly, though the second flips at leads at which the first does not."""
    ways = {"mild": answers([1, 0, 0, 0], [0] * 4), "bad": answers([1, 1, 1, 0], [0] * 4), "all": answers([1] * 4, [0] * 4)}
    assert area(table(ways, lead=[1, 2, 3, 4])).value == 1


def test_area_is_that_of_all_pairs():
    made = drawn_at_random("abcd", 200, np.arange(200) % 50)  # with refused photos, others for each way
    assert area(made).value == pytest.approx(exact(made), abs=1e-12)


def test_area_is_that_of_all_pairs_in_each_resample():
    made = drawn_at_random("abc", 120, np.arange(120) % 30)
    resampling = Resampling(made.clusters, 0, 12)
    ((_, weights),) = resampling.weights()
    by_hand = [exact(made, np.repeat(np.arange(120), row[made.clusters].astype(int))) for row in weights]
    np.testing.assert_allclose(area(made, 12).values, by_hand, atol=1e-12)


def test_bins_move_the_area_by_little():
    made = drawn_at_random("ab", 20_000, np.arange(20_000))
    assert len(np.unique(made.lead)) > 10 * margins_.BINS
    assert area(made).value == pytest.approx(exact(made), abs=1e-4)


def test_area_has_an_interval_of_clusters():
    many = drawn_at_random("ab", 600, np.arange(600) % 30)
    wide = found(many).predictors[0].auc
    assert wide.low < wide.value < wide.high
    assert wide.high - wide.low > 1.5 * (lambda auc: auc.high - auc.low)(
        found(Table(**{**vars(many), "clusters": np.arange(600)})).predictors[0].auc
    )


def test_best_predictor_is_first():
    ways = {"way": answers([1, 1, 0, 0], [-1, -1, 1, 1])}
    told = found(table(ways, lead=[3, 4, 1, 2], probability=[0.5, 0.9, 0.8, 0.95], second=[0.4, 0.8, 0.01, 0.01]))
    assert [(one.name, one.auc.value) for one in told.predictors] == [
        ("lead in probability", 1),
        ("probability of the likeliest class", 0.75),
        ("lead in logits", 0),
    ]
    assert told.safe_rate == margins_.SAFE


def test_a_number_that_tells_everything_of_four_photos_is_not_certain():
    told = found(table({"way": answers([1, 1, 0, 0], [-1, -1, 1, 1])}, lead=[1, 2, 3, 4])).predictors[0]
    assert told.name == "lead in logits"
    assert (told.auc.value, told.auc.high) == (1, 1)
    assert told.auc.low == pytest.approx(binomtest(2, 2).proportion_ci(0.95, method="exact").low)  # two clusters flipped


@pytest.mark.parametrize("top1", [[0] * 4, [1] * 4, [REFUSED] * 4])
def test_without_both_kinds_of_answers_no_area(top1):
    told = found(table({"way": answers(top1, [0] * 4)}, lead=[1, 2, 3, 4]))
    assert all(math.isnan(one.auc.value) and math.isnan(one.auc.low) for one in told.predictors)


@pytest.mark.parametrize(
    ("flipped", "least"),
    [
        ([], 1),
        ([1], 1),  # 1 of 100 is allowed
        ([50], 1),  # wherever it is
        ([1, 2], 3),  # 2 of 100 are not, and 1 of 99 is not
        ([100], 1),  # few answers at the end decide nothing, where many are good
        (range(1, 101), math.nan),
    ],
)
def test_safe_is_the_least_from_which_on_few_flip(flipped, least):
    number = np.arange(1, 101, dtype=np.float32)
    flips = np.isin(number, list(flipped)).astype(np.int64)
    assert safe(number, flips, np.ones(100, dtype=np.int64)) == pytest.approx(least, nan_ok=True)


def test_safe_takes_equal_values_together():
    """From 2 on there are two answers, one of which flips, however they are sorted."""
    for flips in ([0, 1, 0, 0], [0, 0, 1, 0]):
        assert safe(np.array([1, 2, 2, 3], dtype=np.float32), np.array(flips), np.ones(4, dtype=np.int64)) == 3


def test_photos_without_an_answer_are_not_safe_by_that():
    ways = {"way": answers([1, 0, REFUSED], [-1, 1, 0]), "silent": answers([REFUSED] * 3, [0] * 3)}
    told = found(table(ways, lead=[1, 2, 3]))
    assert {one.name: one.safe for one in told.predictors}["lead in logits"] == 2
    assert (told.bands[0].answers, told.bands[0].flips) == (2, 1)


def test_bands_are_deciles_of_the_lead():
    lead = np.random.default_rng(0).permutation(200).astype(np.float32)
    told = bands(lead, (lead < 30).astype(np.int64), np.full(200, 2), Resampling(np.arange(200), 0, 200))
    assert [(one.low, one.high) for one in told] == [(20 * place, 20 * place + 19) for place in range(10)]
    assert [one.answers for one in told] == [40] * 10
    assert [one.flips for one in told] == [20, 10] + [0] * 8
    assert [one.rate.value for one in told[:3]] == [0.5, 0.25, 0]
    assert told[1].rate.low < 0.25 < told[1].rate.high
    assert told[2].rate.high == pytest.approx(binomtest(0, 20).proportion_ci(0.95, method="exact").high)


@pytest.mark.parametrize(("photos", "count"), [(1, 1), (19, 1), (20, 2), (55, 5), (1000, 10)])
def test_few_photos_have_fewer_bands(photos, count):
    ones = np.ones(photos, dtype=np.int64)
    told = bands(np.arange(photos, dtype=np.float32), ones, ones, Resampling(np.arange(photos), 0, 10))
    assert len(told) == count
    assert sum(one.answers for one in told) == photos


def test_no_mistake_could_be_tried():
    told = found(table({}, lead=[1, 2, 3]))
    assert [one.answers for one in told.bands] == [0]
    assert math.isnan(told.bands[0].rate.value)
    assert all(math.isnan(one.auc.value) and math.isnan(one.safe) for one in told.predictors)
