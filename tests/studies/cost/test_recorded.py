"""What a run keeps of the notebook."""

from __future__ import annotations

import json
import math

from lib.report.checks import Checks
from lib.studies.cost import recorded
from tests.studies.cost.found import cost, estimate, found, labelled, looked, replacement


def results(rules, other):
    checks = Checks("09_cost", "lite0", rules)
    recorded.replacement(checks, other)
    return {each.check.id: each for each in checks.results}


def result(rules, other):
    return results(rules, other)["cost.replacement"]


def test_without_another_version_there_is_no_such_check(rules):
    assert "cost.replacement" not in results(rules, None)
    assert "cost.recomputed" in results(rules, None)


def test_too_few_photos_do_not_pass_though_no_answer_changed(rules):
    assert result(rules, replacement(0)).failed  # up to 7 % may
    many = labelled(negative=0, negative_rate=estimate(0.0, 0.004))
    assert result(rules, replacement(4, many)).passed


def test_an_interval_that_nobody_knows_does_not_pass(rules):
    assert result(rules, replacement(4, labelled(negative_rate=estimate(math.nan)))).failed


def test_costs_are_told_by_mistake_with_their_intervals_and_are_json():
    told = recorded.told(found({"squash": labelled()}), looked())
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert list(told["mistakes"]) == ["squash", "BGR", "EXIF ignored", "no mean and std"]
    assert told["mistakes"]["BGR"]["agreement"] == [0.6, 0.54, 0.64]
    assert told["mistakes"]["squash"]["negative_flips"] == 4
    assert "accuracy" not in told["mistakes"]["BGR"]
    assert told["photos"] == 56


def test_what_is_no_number_is_none():
    never = cost("x", 50, moved=math.nan)
    assert recorded._cost(never)["margin_lost"] == [None, None, None]
