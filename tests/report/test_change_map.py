"""The map of how far mistakes move answers."""

from __future__ import annotations

import numpy as np

from lib.compare.comparison import Comparison
from lib.report.change_map import change_map
from lib.report.drawing import PICTURED
from tests.conftest import assert_whole


def compared(photo: str, name: str, *after: float) -> Comparison:
    """A reference that is sure of the first of three classes by 0.5, against what it became."""
    before = np.array([[0.5, 0.3, 0.2]], np.float32)
    return Comparison.of(photo, name, {"score": (before, np.array([after], np.float32))})


def test_it_names_the_largest_move_and_counts_the_changes_of_class(drawn):
    every = [
        [compared("a.png", "squash", 0.4, 0.35, 0.25), compared("a.png", "torch bilinear, antialiased", 0.52, 0.28, 0.2)],
        [compared("b.png", "squash", 0.1, 0.7, 0.2), compared("b.png", "torch bilinear, antialiased", 0.5, 0.3, 0.2)],
    ]
    said = change_map(every, "What it does")
    assert "What it does: 1 of 4 combinations change the likeliest class" in said
    assert "the largest move is -0.4000 by squash on b.png" in said
    texts = [text.get_text() for text in drawn[0].axes[0].texts]
    assert texts == ["-.100", "-.400 ✗", "+.020", "0"]
    assert [label.get_text() for label in drawn[0].axes[0].get_yticklabels()] == ["squash", "torch bilinear, AA"]
    assert_whole(drawn[0])


def test_it_draws_the_first_photos_and_counts_all(drawn):
    every = [[compared(f"{i}.png", "squash", 0.1, 0.7, 0.2)] for i in range(PICTURED + 3)]
    said = change_map(every, "Title")
    assert f"{PICTURED + 3} of {PICTURED + 3} combinations" in said
    assert f"The first {PICTURED} of {PICTURED + 3} photos are drawn." in said
    assert len(drawn[0].axes[0].texts) == PICTURED
    assert_whole(drawn[0])


def test_nothing_that_moves_is_no_trouble(drawn):
    said = change_map([[compared("a.png", "squash", 0.5, 0.3, 0.2)]], "Title")
    assert "0 of 1 combinations change the likeliest class; none moves the probability" in said
    assert_whole(drawn[0])


def test_nan_is_written_and_counts_as_a_change_of_class(drawn):
    lost = compared("a.png", "squash", float("nan"), float("nan"), float("nan"))
    assert "1 of 1 combinations change the likeliest class" in change_map([[lost]], "Title")
    assert [text.get_text() for text in drawn[0].axes[0].texts] == ["NaN ✗"]
