from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap

from lib.studies.cost import intervals
from lib.studies.cost.findings import Estimate
from lib.studies.cost.intervals import Drawn, Resampling, change, mean, share

SEVEN = np.array([0, 0, 0, 1, 1, 2, 3, 3, 4, 5, 5, 5, 5, 6])


def clustered(draw: np.random.Generator, clusters: int, photos: int) -> tuple[np.ndarray, np.ndarray]:
    """Clusters of ``photos`` each, and which of these flip: in some clusters most do, in others hardly any. 0.3 do in all."""
    return np.repeat(np.arange(clusters), photos), draw.random(clusters * photos) < np.repeat(
        draw.beta(0.6, 1.4, clusters), photos
    )


def drawn_share(flips: np.ndarray, clusters: np.ndarray, seed: int = 0, repeats: int = 1000) -> Drawn:
    part, whole = Resampling(clusters, seed, repeats).sums([flips, np.ones(len(flips))])
    return part / whole


def test_as_many_clusters_are_drawn_as_there_are():
    for count in (1, 7, intervals.CHUNK, 3 * intervals.CHUNK + 5):
        weights = np.hstack([weights for _, weights in Resampling(np.arange(count), 0, 50).weights()])
        assert weights.shape == (51, count)
        assert (weights[0] == 1).all()
        assert (weights.sum(axis=1) == count).all()


def test_draws_are_multinomial_over_chunks(monkeypatch):
    monkeypatch.setattr(intervals, "CHUNK", 3)
    weights = np.hstack([weights for _, weights in Resampling(np.arange(8), 1, 40_000).weights()])[1:]
    covariance = np.eye(8) - 1 / 8  # of 8 draws with chances of 1/8
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.025)
    np.testing.assert_allclose(np.cov(weights.T), covariance, atol=0.04)


def test_sums_are_those_over_what_was_drawn():
    values = np.random.default_rng(3).normal(size=len(SEVEN))
    resampling = Resampling(SEVEN, 5, 20)
    (found,) = resampling.sums([values])
    ((_, weights),) = resampling.weights()
    np.testing.assert_allclose(found.values, [values @ row[SEVEN] for row in weights])
    assert found.value == pytest.approx(values.sum())


def test_what_is_asked_for_together_moves_no_digit(monkeypatch):
    draw = np.random.default_rng(2)
    clusters = draw.permutation(np.arange(6000) % 3000)
    columns = [draw.normal(size=6000) * 10.0**power for power in range(-4, 5)]
    at_once = Resampling(clusters, 4, 60).sums(columns)
    by_itself = [Resampling(clusters, 4, 60).sums([column])[0] for column in columns]
    monkeypatch.setattr(intervals, "HELD", 2 * 3000)
    in_twos = Resampling(clusters, 4, 60).sums(columns)
    for one, other, third in zip(at_once, by_itself, in_twos, strict=True):
        assert one.values.tobytes() == other.values.tobytes() == third.values.tobytes()


def test_order_of_photos_moves_no_digit_of_counts():
    draw = np.random.default_rng(2)
    order = draw.permutation(len(SEVEN))
    flips = draw.random(len(SEVEN)) < 0.5
    assert share(drawn_share(flips, SEVEN)) == share(drawn_share(flips[order], SEVEN[order]))


def test_columns_are_taken_only_as_they_are_needed(monkeypatch):
    monkeypatch.setattr(intervals, "HELD", 2 * 7)
    taken, seen = [], []
    monkeypatch.setattr(Resampling, "weights", lambda _: seen.append(len(taken)) or iter(()))

    def columns():
        for place in range(5):
            taken.append(place)
            yield np.ones(len(SEVEN))

    Resampling(SEVEN, 0, 3).sums(columns())
    assert seen == [2, 4, 5]


def test_interval_is_that_of_scipy():
    draw = np.random.default_rng(7)
    clusters, flips = clustered(draw, 60, 9)
    keep = draw.random(len(clusters)) < np.repeat(draw.random(60), 9)  # clusters of different sizes
    keep[::9] = True
    clusters, flips = clusters[keep], flips[keep]
    part, whole = np.bincount(clusters, flips), np.bincount(clusters)
    oracle = bootstrap(
        (part, whole),
        lambda part, whole, axis: part.sum(axis=axis) / whole.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=20_000,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    ours = share(drawn_share(flips, clusters, repeats=20_000))
    assert ours.value == pytest.approx(flips.mean())
    assert (ours.low, ours.high) == pytest.approx((oracle.low, oracle.high), abs=0.004)
    assert ours.high - ours.low == pytest.approx(oracle.high - oracle.low, rel=0.03)


def test_interval_covers_where_one_of_single_photos_does_not():
    draw = np.random.default_rng(11)
    ours, naive = 0, 0
    rounds = 200
    for round_ in range(rounds):
        clusters, flips = clustered(draw, 60, 10)
        by_cluster = share(drawn_share(flips, clusters, round_, 300))
        by_photo = share(drawn_share(flips, np.arange(len(flips)), round_, 300))
        ours += by_cluster.low <= 0.3 <= by_cluster.high
        naive += by_photo.low <= 0.3 <= by_photo.high
    assert 0.90 <= ours / rounds <= 0.98
    assert naive / rounds < 0.75


def test_a_difference_is_one_over_the_same_photos():
    """Two pipelines that flip nearly the same photos differ by little, though the share of flips of each is uncertain."""
    clusters, flips = clustered(np.random.default_rng(1), 50, 10)
    other = flips.copy()
    other[:3] = ~other[:3]
    one, two, photos = Resampling(clusters, 0, 1000).sums([flips, other, np.ones(len(flips))])
    alone, apart = share(one / photos), change(one / photos - two / photos)
    assert alone.high - alone.low > 0.1
    assert apart.high - apart.low < 0.02


@pytest.mark.parametrize("clusters", [1, 7, 300])
@pytest.mark.parametrize("all_flip", [False, True])
def test_where_nothing_was_seen_the_bound_is_exact_and_counts_clusters(clusters, all_flip):
    flips = np.full(4 * clusters, all_flip)
    exact = binomtest(clusters * all_flip, clusters).proportion_ci(0.95, method="exact")
    found = share(drawn_share(flips, np.repeat(np.arange(clusters), 4), repeats=50))
    assert found.value == all_flip
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))


def test_zero_of_thirty_is_known_to_about_three_of_thirty():
    """The rule of three, and its exact form: 1 - 0.025 ** (1 / 30)."""
    found = share(drawn_share(np.zeros(30), np.arange(30)))
    assert (found.low, found.high) == (0, pytest.approx(1 - 0.025 ** (1 / 30)))


def test_one_cluster_says_next_to_nothing_of_a_share():
    found = share(drawn_share(np.array([True, False]), np.zeros(2, dtype=np.int64)))
    assert found.value == 0.5
    assert 0 < found.low < 0.01
    assert 0.99 < found.high < 1


def test_clusters_that_are_all_alike_do_not_make_a_share_certain():
    """Four of eight flip, one in each cluster of two."""
    exact = binomtest(2, 4).proportion_ci(0.95, method="exact")
    found = share(drawn_share(np.array([True, False] * 4), np.repeat(np.arange(4), 2)))
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))


def test_mean_of_one_cluster_has_no_interval():
    total, count = Resampling(np.zeros(3, dtype=np.int64), 0, 50).sums([np.array([1.0, 2.0, 6.0]), np.ones(3)])
    found = mean(total / count)
    assert found.value == pytest.approx(3)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_mean_is_that_of_photos_and_not_of_clusters():
    total, count = Resampling(np.array([0, 0, 0, 1]), 0, 50).sums([np.array([1.0, 1.0, 1.0, 5.0]), np.ones(4)])
    assert mean(total / count) == Estimate(2, 1, 5)


def test_resamples_without_any_photo_that_counts_are_left_out():
    """One cluster in three has an answer: a resample without it says nothing of the mean."""
    total, count = Resampling(np.arange(3), 0, 200).sums([np.array([4.0, 0, 0]), np.array([1.0, 0, 0])])
    ratio = total / count
    assert np.isnan(ratio.values).any()
    assert ratio.clusters == 1
    assert set(ratio.values[~np.isnan(ratio.values)]) == {4.0}


def test_nothing_to_count_is_not_a_number():
    nothing, count = Resampling(np.arange(3), 0, 50).sums([np.zeros(3), np.zeros(3)])
    for estimate in (share, mean, change):
        found = estimate(nothing / count)
        assert all(map(math.isnan, (found.value, found.low, found.high)))


def test_an_infinite_value_makes_no_other_number_infinite():
    broken, whole, count = Resampling(np.arange(3), 0, 50).sums([np.array([1, np.inf, 2]), np.array([1.0, 2, 3]), np.ones(3)])
    assert math.isnan(mean(broken / count).value)
    assert mean(whole / count).value == pytest.approx(2)


def test_a_change_that_was_never_seen_may_be_either_way():
    found = change(drawn_share(np.zeros(30), np.arange(30)))
    bound = 1 - 0.025 ** (1 / 30)
    assert found == Estimate(0, pytest.approx(-bound), pytest.approx(bound))


def test_a_change_goes_no_further_than_a_share_can():
    assert change(drawn_share(np.ones(3), np.arange(3))).high == 1
    assert change(Drawn(np.full(5, -2.0), 3), least=-2.0).low == -2


def test_another_seed_is_another_draw_and_the_same_one_the_same():
    clusters, flips = clustered(np.random.default_rng(1), 50, 10)
    assert share(drawn_share(flips, clusters, 1)) == share(drawn_share(flips, clusters, 1))
    assert share(drawn_share(flips, clusters, 1)) != share(drawn_share(flips, clusters, 2))


def test_histogram_is_of_what_was_drawn():
    draw = np.random.default_rng(4)
    bins, counts = draw.integers(0, 5, (len(SEVEN), 2)), draw.integers(0, 3, (len(SEVEN), 2))
    resampling = Resampling(SEVEN, 5, 20)
    ((_, weights),) = resampling.weights()
    by_hand = [np.bincount(bins.ravel(), (counts * row[SEVEN][:, None]).ravel(), 5) for row in weights]
    np.testing.assert_array_equal(resampling.histogram(bins, counts, 5), np.transpose(by_hand))


def test_no_more_is_held_than_is_said(monkeypatch):
    """Columns come in groups; what was held of one is let go before the next is taken."""
    clusters = np.arange(2**17)
    monkeypatch.setattr(intervals, "HELD", 4 * len(clusters))
    tracemalloc.start()
    try:
        Resampling(clusters, 0, 5).sums(np.full(len(clusters), float(place)) for place in range(20))
        assert tracemalloc.get_traced_memory()[1] < (4 + 5) * 8 * len(clusters)  # four columns, and what is made of one
    finally:
        tracemalloc.stop()
