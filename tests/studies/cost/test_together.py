from __future__ import annotations

import numpy as np
import pytest

from lib.studies.cost.costs import tallied
from lib.studies.cost.intervals import Resampling
from lib.studies.cost.together import together
from lib.sweep.table import Table
from tests.studies.cost.tables import answers, drawn_at_random, table


def pair(table: Table):
    (found,) = together([("a", "b")], tallied(table, None, table.ways, Resampling(table.clusters, 0, 300)))
    return found


def test_worked_example():
    """Margin lost: 1 and 2 of the first, 1 and 0 of the second, 3 and 4 of both. Flips: of 4 photos 1, 1 and 3."""
    ways = {
        "a": answers([0, 0, 1, 0], [4, 3, -1, 5]),
        "b": answers([0, 0, 0, 1], [4, 5, 1, -1]),
        "a + b": answers([0, 1, 1, 1], [2, -1, -1, -1]),
    }
    found = pair(table(ways, lead=[5, 5, 1, 5]))
    lost = [(1 + 2 + 2 + 0) / 4, (1 + 0 + 0 + 6) / 4, (3 + 6 + 2 + 6) / 4]
    assert [one.margin_lost.value for one in (found.first, found.second, found.both)] == pytest.approx(lost)
    assert found.extra.value == pytest.approx(lost[2] - lost[1] - lost[0])
    assert found.extra_flips.value == pytest.approx((3 - 1 - 1) / 4)
    assert (found.first.name, found.second.name, found.both.name) == ("a", "b", "a + b")


def test_costs_that_add_up_are_known_to_do_so():
    """However uncertain each cost is: what is resampled is their difference on the same photos."""
    draw = np.random.default_rng(0)
    first, second = draw.normal(1, 1, 50), draw.normal(1, 1, 50)
    lead = np.full(50, 100.0)
    ways = {
        name: answers([0] * 50, (lead - lost).tolist())
        for name, lost in (("a", first), ("b", second), ("a + b", first + second))
    }
    found = pair(table(ways, lead.tolist()))
    assert found.first.margin_lost.high - found.first.margin_lost.low > 0.4
    assert (found.extra.value, found.extra.low, found.extra.high) == pytest.approx((0, 0, 0), abs=1e-5)


def test_two_mistakes_that_flip_the_same_photos_cost_less_than_their_sum():
    made = answers([1, 1, 1, 0], [-1, -1, -1, 1])
    found = pair(table({"a": made, "b": made, "a + b": made}, lead=[1, 1, 1, 1]))
    assert found.extra_flips.value == -3 / 4
    assert found.extra_flips.low >= -2


def test_intervals_hold_the_values():
    found = pair(drawn_at_random(["a", "b", "a + b"], 200, np.arange(200) % 40))
    for estimate in (found.extra, found.extra_flips):
        assert estimate.low < estimate.value < estimate.high
