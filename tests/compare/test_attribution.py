"""Shapley's shares on games whose shares are known."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from lib.compare.attribution import shapley


def test_an_additive_game_gives_everyone_what_they_bring():
    worth = {"a": 3.0, "b": -1.0, "c": 0.0}
    assert shapley("abc", lambda s: sum(worth[p] for p in s)) == pytest.approx(worth)


def test_the_glove_game():
    # one left glove (a), two right ones (b, c); a pair is worth 1: the textbook's shares are 2/3, 1/6, 1/6
    shares = shapley("abc", lambda s: float("a" in s and len(s) > 1))
    assert shares == pytest.approx({"a": 2 / 3, "b": 1 / 6, "c": 1 / 6})


def test_it_is_the_average_over_every_order():
    rng = np.random.default_rng(0)
    players = "abcd"
    worth = {frozenset(s): rng.normal() for n in range(16) for s in [[p for i, p in enumerate(players) if n >> i & 1]]}
    totals = dict.fromkeys(players, 0.0)
    orders = list(permutations(players))
    for order in orders:
        for i, player in enumerate(order):
            totals[player] += worth[frozenset(order[: i + 1])] - worth[frozenset(order[:i])]
    assert shapley(players, worth.__getitem__) == pytest.approx({p: t / len(orders) for p, t in totals.items()})


def test_shares_sum_to_the_gap_and_each_coalition_is_evaluated_once():
    calls = []

    def value(coalition):
        calls.append(coalition)
        return len(coalition) ** 2 + ("a" in coalition)

    shares = shapley("abcdef", value)
    assert sum(shares.values()) == pytest.approx(37)
    assert len(calls) == len(set(calls)) == 64
