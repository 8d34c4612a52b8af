"""The place where two pictures differ most, one square a pixel."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lib.report.zoom import ENLARGED, SIDE, WHOLE, Side, furthest, in_levels, zoom
from tests.conftest import picture
from tests.report.test_image import stored


@pytest.fixture
def levels():
    return np.asarray(picture(90, 60)).astype(np.float64)


def panels(html):
    return [stored(source) for source in re.findall(r'src="(data:[^"]*)"', html)][:4]


def test_the_window_is_where_they_differ_most_and_shows_native_pixels(levels):
    other = levels.copy()
    other[30 : 30 + SIDE, 50 : 50 + SIDE, 1] = 255 - other[30 : 30 + SIDE, 50 : 50 + SIDE, 1]
    html = zoom("cup.png", Side("reference", levels, "cup 0.6"), Side("nearest", other, "plate 0.5"), 64)
    assert f"{SIDE} by {SIDE} pixels from column 50 and row 30" in html
    right, wrong, difference, whole = panels(html)
    for shown, source in ((right, levels), (wrong, other)):
        native = source[30 : 30 + SIDE, 50 : 50 + SIDE].round().astype(np.uint8)
        assert (shown[::ENLARGED, ::ENLARGED] == native).all()
        assert (shown == native.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1)).all()
    assert difference.shape == right.shape
    assert whole.shape == (60, 90, 3)


def test_it_says_both_answers(levels):
    html = zoom("cup.png", Side("reference", levels, "bobsled 0.29"), Side("nearest", levels + 1, "football helmet 0.25"), 64)
    assert "; reference: bobsled 0.29; nearest: football helmet 0.25." in html


def test_two_equal_pictures_have_a_white_difference(levels):
    html = zoom("cup.png", Side("reference", levels, "a"), Side("same", levels, "a"), 64)
    assert (panels(html)[2] == 255).all()
    assert "up to 0 levels" in html


def test_a_picture_smaller_than_the_window_is_shown_whole():
    small = np.zeros((9, 12, 3))
    html = zoom("dot.png", Side("reference", small, "a"), Side("other", small + 3, "b"), 64)
    assert "12 by 9 pixels from column 0 and row 0" in html


def test_where_one_shows_nothing_there_is_no_difference(levels):
    other = levels + 2
    other[:, :40] = np.nan
    html = zoom("cup.png", Side("reference", levels, "a"), Side("crop", other, "b"), 64)
    column = int(re.search(r"from column (\d+)", html)[1])
    assert column >= 40


def test_the_window_is_framed_on_the_whole_picture(levels):
    other = levels.copy()
    other[20 : 20 + SIDE, 50 : 50 + SIDE] = 0
    whole = panels(zoom("cup.png", Side("reference", levels, "a"), Side("other", other, "b"), 64))[3]
    for row, column in ((18, 60), (20 + SIDE + 1, 60), (30, 48), (30, 50 + SIDE + 1)):
        assert whole[row, column].max() < 60
    for row, column in ((16, 60), (20 + SIDE + 3, 60), (30, 46)):
        assert whole[row, column].min() > 195


def test_a_large_picture_is_reduced_where_it_only_says_where_the_window_lies():
    large = np.zeros((800, 1200, 3))
    other = large.copy()
    other[700:720, 1100:1120] = 200
    html = zoom("dot.png", Side("reference", large, "a"), Side("other", other, "b"), 64)
    whole = panels(html)[3]
    assert max(whole.shape[:2]) == WHOLE
    column, row = map(int, re.search(r"from column (\d+) and row (\d+)", html).groups())
    assert whole[round(row * WHOLE / 1200) - 5, round(column * WHOLE / 1200)].min() > 195  # the frame's white


def test_a_figure_has_an_id_where_it_is_given_a_name(levels):
    html = zoom("cup.png", Side("reference", levels, "a"), Side("same", levels, "a"), 64, "the-worst")
    assert html.startswith('<figure class="gallery" id="the-worst">')


def test_a_side_without_an_answer_has_none_in_the_caption(levels):
    html = zoom("cup.png", Side("reference", levels), Side("same", levels), 64)
    assert html.endswith("one square a pixel.</figcaption></figure>")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_no_trouble(levels, value):
    other = levels + 1
    other[10, 10] = value
    html = zoom("cup.png", Side("reference", levels, "a"), Side("other", other, "b"), 64)
    assert len(panels(html)) == 4


@pytest.mark.parametrize(("value", "said"), [(0.0, "0 levels"), (1.0, "1 level"), (2.5, "2.5 levels"), (np.inf, "inf levels")])
def test_levels_are_counted_in_words(value, said):
    assert in_levels(value) == said


def test_the_furthest_channel_counts_with_its_sign():
    reference = np.full((1, 2, 3), 100)
    candidate = np.array([[[101, 90, 103], [100, 100, 120]]])
    assert furthest(reference, candidate).tolist() == [[-10.0, 20.0]]
