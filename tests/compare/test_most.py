"""The comparison that stands out of those that pass."""

from __future__ import annotations

import numpy as np
import pytest

from lib.compare.comparison import Comparison, furthest_apart, most_changed
from lib.compare.most import Most


def compared(probability: float) -> Comparison:
    scores = np.array([[0.9, 0.1]]), np.array([[probability, 1 - probability]])
    return Comparison.of("a.png", "other", {"infer": (np.log(scores[0]), np.log(scores[1])), "score": scores})


@pytest.mark.parametrize("choose", [most_changed, lambda every: furthest_apart(every, "score")])
def test_it_is_each_time_the_one_that_would_be_chosen_of_all_so_far(choose):
    passing = [compared(each) for each in (0.88, 0.8, 0.85, 0.7, 0.7, 0.89)]
    most = Most(choose)
    for i, each in enumerate(passing, 1):
        assert most.is_now(each) == (choose(passing[:i]) is each)


def test_of_two_alike_the_first_stays():
    most = Most(most_changed)
    first, second = compared(0.8), compared(0.8)
    assert most.is_now(first)
    assert not most.is_now(second)
