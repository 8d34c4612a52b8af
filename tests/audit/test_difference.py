"""How one difference reads."""

from __future__ import annotations

import math

import pytest

from lib.audit.difference import KINDS, Difference


@pytest.mark.parametrize(
    ("difference", "line"),
    [
        (
            Difference("number", "a.off", 0.25, 2.0, unit="logits", may_move=0.1),
            "a.off: 0.25 logits → 2 logits (may move by 0.1 logits)",
        ),
        (Difference("number", "a.off", 250.1, 250.3, may_move=0.1), "a.off: 250.1 → 250.3 (may move by 0.1)"),  # both read 250
        (
            Difference("number", "a.off", math.nan, math.inf, unit="std", may_move=0.1),
            "a.off: NaN std → another shape (may move by 0.1 std)",
        ),
        (Difference("number", "a.off", None, 1.0, may_move=0.0), "a.off: none → 1 (may move by 0)"),
        (Difference("number", "a.same", 1.0, 0.0, unit="yes", may_move=0.1), "a.same: yes → no"),
        (Difference("threshold", "a.off", "error", "warning", "severity"), "a.off, severity: error → warning"),
        (Difference("file", "photo cup.png", "a" * 64, None), "photo cup.png: aaaaaaaaaaaa… → none"),
        (Difference("parameter", "photos", "", "mine"), "photos: not given → mine"),
        (Difference("parameter", "sizes_seed", 1, 1951030631), "sizes_seed: 1 → 1951030631"),
        (Difference("version", "evil\x1b[2J\n", None, "1"), r"evil\x1b[2J\n: none → 1"),
    ],
)
def test_a_line_says_what_was_and_what_is(difference, line):
    assert difference.line == line


def test_json_has_values_in_full_and_words_for_those_it_has_none_for():
    found = Difference("number", "a.off", math.nan, 0.123456789, unit="logits", may_move=0.1).as_json()
    assert found == {
        "kind": "number",
        "name": "a.off",
        "before": "nan",
        "after": 0.123456789,
        "field": "",
        "unit": "logits",
        "may_move": 0.1,
        "counts": True,
    }


def test_what_was_not_chosen_by_anyone_does_not_count():
    assert {name for name, kind in KINDS.items() if not kind.counts} == {"compared", "run"}
