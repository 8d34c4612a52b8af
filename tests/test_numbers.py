"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from lib.numbers import enumerated, finite, number, percent, probability, signed


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3.0, "3"),
        (-0.0, "0"),
        (0.1234, "0.123"),
        (1.2e-05, "1.2e-05"),
        (123456.0, "123456"),
        (1e9, "1e+09"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "NaN"),
    ],
)
def test_numbers_are_short(value, shown):
    assert number(value) == shown


def test_a_change_that_rounds_to_nothing_has_no_sign():
    assert [signed(v) for v in (-1e-7, 0.25, -0.25, math.nan)] == ["0", "+0.2500", "-0.2500", "NaN"]
    assert [signed(v, 1) for v in (0.04, 0.06)] == ["0", "+0.1"]


def test_probabilities_have_fixed_decimals():
    assert [probability(0.25), probability(1 / 3, 6), probability(math.nan)] == ["0.2500", "0.333333", "NaN"]


def test_what_is_no_number_is_none_in_json():
    assert [finite(v) for v in (0.25, math.nan, math.inf, -math.inf)] == [0.25, None, None, None]


def test_100_per_cent_is_all_of_them():
    assert [percent(value) for value in (100.0, 99.9999, 99.984, 0.0)] == ["100.00", "99.99", "99.98", "0.00"]


def test_names_have_a_word_before_the_last():
    assert [enumerated("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert enumerated(["a", "b"], "or") == "a or b"
