"""Checks: what passes, what never passes, and the way through a notebook's output."""

from __future__ import annotations

import json
import math

import pytest

from lib.report.checks import MIMETYPE, Check, Checks, number, probability, recorded, signed


def notebook(*outputs) -> dict:
    return {"cells": [{"cell_type": "code", "outputs": [{"data": data} for data in outputs]}]}


@pytest.mark.parametrize(
    ("measured", "relation", "threshold", "compared", "passed"),
    [
        (1, "<=", 1, 1, True),
        (1.1, "<=", 1, 1, False),
        (1, ">=", 1, 1, True),
        (0.9, ">=", 1, 1, False),
        (2, "==", 2, 1, True),
        (2, "==", 3, 1, False),
        (math.nan, "<=", 1, 1, False),
        (math.nan, ">=", 1, 1, False),
        (math.inf, "<=", 1, 1, False),
        (0, "<=", 1, 0, False),
        (0, "==", 0, 0, False),
    ],
)
def test_what_passes(measured, relation, threshold, compared, passed):
    assert Check("x", measured, relation, threshold, compared).passed is passed


def test_checks_survive_the_way_through_a_notebook():
    checks = Checks("b0-stand-in (stand-in weights: no claim on accuracy)")
    checks.at_most("a", math.nan, 1, 3, "logits")
    checks.at_least("b", math.inf, 1, 3)
    checks.equal("c", 2, 2)
    bundle = checks._repr_mimebundle_()
    assert bundle["text/plain"] == "3 checks, 1 failed"
    data = json.loads(json.dumps(bundle[MIMETYPE], allow_nan=False))
    got = recorded(notebook({MIMETYPE: data}))
    assert got.subject == checks.subject
    assert [check.as_json() for check in got.checks] == [check.as_json() for check in checks.entries]


def test_a_result_that_was_edited_to_pass_is_worked_out_anew():
    entry = Check("x", 9, "<=", 1, 1).as_json() | {"passed": True}
    assert not recorded(notebook({MIMETYPE: {"subject": "x", "checks": [entry], "files": {}}})).checks[0].passed


def test_a_notebook_without_checks_recorded_none():
    assert recorded(notebook({"text/plain": "hello"})) is None


@pytest.mark.parametrize(
    ("value", "shown"), [(3.0, "3"), (0.1234, "0.123"), (1.2e-05, "1.2e-05"), (math.inf, "inf"), (math.nan, "NaN")]
)
def test_numbers_are_short(value, shown):
    assert number(value) == shown


def test_a_change_that_rounds_to_nothing_has_no_sign():
    assert [signed(v) for v in (-1e-7, 0.25, -0.25, math.nan)] == ["0", "+0.2500", "-0.2500", "NaN"]


def test_probabilities_have_fixed_decimals():
    assert [probability(0.25), probability(1 / 3, 6), probability(math.nan)] == ["0.2500", "0.333333", "NaN"]
