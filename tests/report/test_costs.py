"""What a hand-off buys, beside eager PyTorch, and under which conditions that was measured."""

from __future__ import annotations

import re

import pytest

from lib.report import costs
from tests.report import made


def test_what_it_buys_is_said_as_both_numbers_and_their_ratio():
    html = costs.costs(made.COSTS)
    rows = re.findall(r'<th scope="row">(.*?)</th><td.*?>(.*?)</td><td.*?>(.*?)</td><td.*?>(.*?)</td>', html)
    assert rows == [
        ("installed", "93 MB", "1,204 MB", "0.08×"),
        ("first answer", "0.45 s", "3.00 s", "0.15×"),
        ("median", "12.5 ms", "25.0 ms", "0.50×"),
        ("memory", "110 MB", "440 MB", "0.25×"),
    ]
    assert costs.conditions(made.COSTS) == "The network alone, cup.png, 30 answers, batch of 1, 2 threads"


def test_a_table_has_the_class_that_it_is_given():
    assert 'class="compact"' in costs.costs(made.COSTS)
    assert "compact" not in costs.costs(made.COSTS, kind="")


def test_times_that_scatter_are_said_to():
    ours = made.COSTS["shipped"] | {"percentile95_s": 0.05}
    said = costs.conditions(made.COSTS | {"shipped": ours})
    assert said.endswith("Unsteady: the 95th percentile of what is shipped is 4.0 times its median, so measure again")


@pytest.mark.parametrize("missing", ["shipped", "pytorch"])
def test_what_was_not_measured_is_not_said(missing):
    assert costs.costs({}) is None
    assert costs.costs(made.COSTS | {missing: {"missing": "it died"}}) is None
    without = made.COSTS[missing] | {"memory_bytes": None}
    html = costs.costs(made.COSTS | {missing: without})
    assert "memory" not in html
    assert "median" in html


def test_where_no_quantity_was_measured_there_is_no_table():
    nothing = dict.fromkeys(("installed_bytes", "first_s", "median_s", "memory_bytes", "percentile95_s"))
    assert costs.costs(made.COSTS | {"shipped": made.COSTS["shipped"] | nothing}) is None
    assert "Unsteady" not in costs.conditions(made.COSTS | {"shipped": made.COSTS["shipped"] | nothing})


def test_bytes_are_said_for_people():
    assert costs.megabytes(1_204_400_000) == "1,204 MB"
    assert costs.megabytes(0) == "0 MB"
