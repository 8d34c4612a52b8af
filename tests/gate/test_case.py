"""What counts as found, as passed and as wrong."""

from __future__ import annotations

import pytest

from lib.gate.case import CRASHED, REFUSED, SHIPS, STOPS, Case, Outcome


def case(expected: str, *words: str) -> Case:
    return Case("decode", "EXIF ignored", expected, lambda _: Outcome(SHIPS), words)


@pytest.mark.parametrize(
    ("expected", "outcome", "wrong"),
    [
        ("decode", Outcome(STOPS, ("decode", "score")), ""),
        ("decode", Outcome(SHIPS), "it was missed"),
        ("decode", Outcome(STOPS, ("score", "decode")), "score was blamed for decode"),
        ("decode", Outcome(CRASHED), "it crashed"),
        ("NaN", Outcome(REFUSED, said="the network answers with NaN"), ""),
        ("NaN", Outcome(REFUSED, said="no such file"), "the line does not say NaN"),
        (CRASHED, Outcome(CRASHED), ""),
        (CRASHED, Outcome(SHIPS), "it ships"),
        ("", Outcome(SHIPS), ""),
        ("", Outcome(STOPS, ("decode",)), "a false alarm"),
        ("", Outcome(REFUSED), "a false alarm"),
        ("", Outcome(CRASHED), "it crashed"),
    ],
)
def test_how_an_outcome_is_judged(expected, outcome, wrong):
    assert case(expected).judge(outcome) == wrong


def test_what_has_to_be_named_is_looked_for():
    outcome = Outcome(STOPS, ("decode",), said="probes that first differ at decode: EXIF orientation 6")
    assert case("decode", "EXIF orientation 6").judge(outcome) == ""
    assert case("decode", "EXIF orientation 6", "CMYK").judge(outcome) == "it was not named: CMYK"
