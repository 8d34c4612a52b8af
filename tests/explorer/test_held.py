"""One photo's checks, stage by stage."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from lib.compare.comparison import Comparison
from lib.deploy import Trace
from lib.explorer.held import held
from lib.policy import Policy

TRACE = Trace(
    decode=np.zeros((4, 6, 3), np.uint8),
    resize=np.zeros((2, 3, 3), np.uint8),
    normalise=np.zeros((1, 3, 2, 3), np.float32),
    infer=np.array([[1.0, 0.0]], np.float32),
    score=np.array([[0.75, 0.25]], np.float32),
)


def shown(rules, **changes) -> str:
    return held(Comparison.of_traces("cup.png", "team:pipeline", TRACE, replace(TRACE, **changes)), rules)


def cells(said: str) -> list[list[str]]:
    return [re.findall(r"<t[hd][^>]*>([^<]*)", row) for row in re.findall(r"<tr class.*?</tr>", said)]


def test_equal_traces_pass_at_every_stage(rules):
    said = shown(rules)
    assert "team:pipeline on cup.png: every stage is within its tolerance." in said
    assert said.count('class="passed"') == 5
    assert 'class="failed"' not in said


def test_the_first_stage_that_differs_is_named_and_its_row_has_difference_and_tolerance(rules):
    said = shown(rules, resize=np.full((2, 3, 3), 3, np.uint8), normalise=np.full((1, 3, 2, 3), 0.5, np.float32))
    assert "the first stage that differs by more than its tolerance is resize." in said
    assert said.count('class="failed"') == 2
    limit = f"{rules['parity.resize'].threshold:g} levels"
    assert cells(said)[1] == ["resize", "3 levels", f"≤ {limit}", "✗ FAIL"]


def test_another_shape_is_named(rules):
    said = shown(rules, resize=np.zeros((2, 2, 3), np.uint8))
    assert cells(said)[1][1] == "shape 2 × 2 × 3 instead of 2 × 3 × 3"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_fails(rules, value):
    said = shown(rules, score=np.array([[value, 0.25]], np.float32))
    assert said.count('class="failed"') == 1
    assert "is score." in said


def test_the_tolerances_are_those_of_the_policy_it_is_given(rules):
    wider = Policy(tuple(replace(c, threshold=9.0) if c.id == "parity.resize" else c for c in rules.checks))
    said = shown(wider, resize=np.full((2, 3, 3), 3, np.uint8))
    assert "every stage is within its tolerance" in said
    assert cells(said)[1][2:] == ["≤ 9 levels", "✓ pass"]
