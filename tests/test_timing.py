"""Times: how often something is called, and that ratios are taken within a round."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import pytest

from lib import timing


class Clock:
    """A clock that only calls move."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(timing, "perf_counter", made)
    return made


def test_each_lap_is_one_call(clock):
    takes = iter([1.0, 4.0, 2.0])

    def call():
        clock.now += next(takes)

    assert timing.laps(call, 3) == [1.0, 4.0, 2.0]
    assert next(takes, None) is None
    assert timing.laps(call, 0) == []


def test_a_ratio_is_the_median_of_those_within_the_rounds(clock):
    slowness = [1.0, 10.0, 100.0]  # the machine's, from round to round
    factor = [2.0, 3.0, 7.0]
    calls = Counter()

    def call(name, factors):
        clock.now += slowness[calls[name] // (timing.WARM_UP + 1)] * factors[calls[name] // (timing.WARM_UP + 1)]
        calls[name] += 1

    found = timing.ratios({"base": lambda: call("base", [1.0] * 3), "other": lambda: call("other", factor)}, 3)
    assert found == {"base": 1.0, "other": 3.0}
    assert calls == {"base": 3 * (timing.WARM_UP + 1), "other": 3 * (timing.WARM_UP + 1)}


def test_the_call_after_the_warm_up_is_the_one_that_counts(clock):
    made = Counter()

    def cold(name):
        clock.now += 1.0 if made[name] % (timing.WARM_UP + 1) == timing.WARM_UP else 50.0 * (name == "b")
        made[name] += 1

    assert timing.ratios({"a": lambda: cold("a"), "b": lambda: cold("b")}, 2) == {"a": 1.0, "b": 1.0}


def test_calls_take_turns_in_an_order_that_changes_and_is_the_same_in_every_run(clock):
    def order():
        called = []

        def call(name):
            called.append(name)
            clock.now += 1.0

        timing.ratios({name: lambda name=name: call(name) for name in "abc"}, 8)
        return [name for name, run in groupby(called) for _ in range(len(list(run)) // (timing.WARM_UP + 1))]

    first = order()
    rounds = [tuple(first[i : i + 3]) for i in range(0, len(first), 3)]
    assert len(rounds) == 8
    assert all(sorted(each) == ["a", "b", "c"] for each in rounds)
    assert len(set(rounds)) > 1
    assert order() == first
