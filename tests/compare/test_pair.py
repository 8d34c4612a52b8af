"""Two traces of one photo, with their pixels."""

from __future__ import annotations

import numpy as np

from lib.compare.comparison import Comparison
from lib.compare.pair import Pair
from lib.deploy import Trace


def trace(level: int) -> Trace:
    picture = np.full((4, 6, 3), level, np.uint8)
    scores = np.array([[0.7, 0.3]], np.float32)
    return Trace(picture, picture, picture.transpose(2, 0, 1)[None].astype(np.float32), scores, scores)


def test_a_pair_is_compared_stage_by_stage():
    right, other = trace(3), trace(5)
    pair = Pair.of("a.png", "darker", right, other)
    assert pair.comparison == Comparison.of_traces("a.png", "darker", right, other)
    assert pair.comparison["decode"].largest == 2
    assert (pair.reference, pair.candidate) == (right, other)
