"""The map of how far mistakes move answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lib.compare.comparison import Comparison
from lib.report.change_map import change_map
from lib.report.drawing import PICTURED, luminance
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
    assert "the largest move of the reference&#x27;s class is -0.4000 by squash on b.png" in said
    texts = [text.get_text() for text in drawn[0].axes[0].texts]
    assert texts == ["squash", "-.100", "-.400 ✗", "torch bilinear, AA", "+.020", "0"]
    assert [label.get_text() for label in drawn[0].axes[0].get_xticklabels()] == ["a.png", "b.png"]
    assert_whole(drawn[0])


def test_the_mistake_that_moves_most_on_average_comes_first_and_what_moves_nothing_is_only_named(drawn):
    every = [
        [
            compared(photo, "near", 0.52, 0.28, 0.2),
            compared(photo, "still", 0.504, 0.296, 0.2),
            compared(photo, "far", 0.3, 0.5, 0.2),
        ]
        for photo in ("a.png", "b.png")
    ]
    said = change_map(every, "Title")
    assert [text.get_text() for text in drawn[0].axes[0].texts] == ["far", "-.200 ✗", "-.200 ✗", "near", "+.020", "+.020"]
    assert "Below 0.005 on every photo: still." in said


def test_numbers_can_be_read_on_every_colour(drawn):
    every = [[compared("a.png", f"by {change:.2f}", 0.5 + change, 0.3, 0.2 - change) for change in np.linspace(-0.5, 0.5, 41)]]
    change_map(every, "Title")
    axes = drawn[0].axes[0]
    numbers = [text for text in axes.texts if text.get_ha() == "center"]
    assert len(numbers) == len(axes.patches)
    for text, cell in zip(numbers, axes.patches, strict=True):
        dark, light = sorted(luminance(to_rgb(colour)) for colour in (text.get_color(), cell.get_facecolor()))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_a_change_of_class_is_framed_and_drawn_however_little_it_moves(drawn):
    change_map([[compared("a.png", "tie", 0.499, 0.5, 0.001), compared("a.png", "far", 0.6, 0.2, 0.2)]], "Title")
    far, tie = drawn[0].axes[0].patches
    assert tie.get_linewidth() > far.get_linewidth()
    assert sum(tie.get_edgecolor()[:3]) < sum(far.get_edgecolor()[:3])


def test_mistakes_whose_numbers_are_the_same_share_a_row(drawn):
    every = [[compared("a.png", name, 0.3, 0.5, 0.2) for name in ("one", "two")] + [compared("a.png", "far", 0.1, 0.7, 0.2)]]
    change_map(every, "Title")
    assert [text.get_text() for text in drawn[0].axes[0].texts] == ["far", "-.400 ✗", "one; two", "-.200 ✗"]
    many = [[compared("a.png", f"a mistake with a long name, {i}", 0.3, 0.5, 0.2) for i in range(5)]]
    change_map(many, "Title")
    assert drawn[1].axes[0].texts[0].get_text() == "a mistake with a long name, 0 and 4 more"
    assert_whole(drawn[1])


def test_it_draws_the_first_photos_and_counts_all(drawn):
    every = [[compared(f"{i}.png", "squash", 0.1, 0.7, 0.2)] for i in range(PICTURED + 3)]
    said = change_map(every, "Title")
    assert f"{PICTURED + 3} of {PICTURED + 3} combinations" in said
    assert f"The first {PICTURED} of {PICTURED + 3} photos are drawn." in said
    assert len(drawn[0].axes[0].texts) == 1 + PICTURED
    assert_whole(drawn[0])


def test_nothing_that_moves_is_no_trouble(drawn):
    said = change_map([[compared("a.png", "squash", 0.5, 0.3, 0.2)]], "Title")
    assert "0 of 1 combinations change the likeliest class; none moves the probability" in said
    assert "<figure" not in said
    assert not drawn


def test_nan_is_written_and_counts_as_a_change_of_class(drawn):
    lost = compared("a.png", "squash", float("nan"), float("nan"), float("nan"))
    assert "1 of 1 combinations change the likeliest class" in change_map([[lost]], "Title")
    assert [text.get_text() for text in drawn[0].axes[0].texts] == ["squash", "NaN ✗"]
    assert_whole(drawn[0])


def test_what_is_refused_is_a_cell_that_says_so_and_no_change(drawn):
    lost = replace(compared("b.png", "swapped", *3 * [float("nan")]), refused="would be fed 320 × 1280 pixels")
    every = [[compared("a.png", "swapped", 0.4, 0.35, 0.25)], [lost]]
    said = change_map(every, "Title")
    assert "0 of 2 combinations change the likeliest class; 1 give no answer, since the photo is refused" in said
    assert [text.get_text() for text in drawn[0].axes[0].texts] == ["swapped", "-.100", "refused"]
    assert_whole(drawn[0])


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_an_infinite_change_is_drawn(drawn, value):
    change_map([[replace(compared("a.png", name, 0.4, 0.35, 0.25), probability=value) for name in ("one", "two")]], "Title")
    assert_whole(drawn[0])


def test_no_mistake_at_all_is_a_sentence(drawn):
    assert "none moves the probability" in change_map([[], []], "Title")
    assert not drawn
