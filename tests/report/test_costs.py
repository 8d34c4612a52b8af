"""What the hand-off buys."""

from __future__ import annotations

import re

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
    said = "The network alone, cup.png, 30 answers, batch of 1, 2 threads"
    assert costs.conditions(made.COSTS) == said


def test_times_that_scatter_are_said_to():
    ours = made.COSTS["shipped"] | {"percentile95_s": 0.05}
    said = costs.conditions(made.COSTS | {"shipped": ours})
    assert said.endswith("Unsteady: the 95th percentile is 4.0 times the median, so measure again")


def test_what_was_not_measured_is_not_said():
    assert costs.costs({}) is None
    assert costs.costs(made.COSTS | {"pytorch": {"missing": "it died"}}) is None
    ours = made.COSTS["shipped"] | {"memory_bytes": None}
    assert "memory" not in costs.costs(made.COSTS | {"shipped": ours})
