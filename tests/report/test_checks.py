"""The checks of a notebook, as its last cell shows and records them."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from lib.compare.comparison import Comparison
from lib.policy import Check, Policy, Record, UnknownCheck
from lib.policy.results import MIMETYPE
from lib.report.checks import Checks
from lib.report.output_style import bare

RULES = Policy(
    (
        Check("a.x", "x says", "logits", "<=", 1, "w", "s", "a", "infer", "error"),
        Check("a.y", "y says", "", ">=", 1, "w", "s", "a", "infer", "error", may_skip=True),
        Check("b.x", "other", "", "==", 0, "w", "s", "b", "infer", "error"),
    ),
    {"a": "Off by {a.x}."},
)


@pytest.fixture
def checks() -> Checks:
    return Checks("a", "b0-stand-in (stand-in weights: no claim on accuracy)", RULES)


def shown(checks: Checks) -> dict[str, str]:
    return checks._repr_mimebundle_()


def test_what_was_recorded_is_in_the_output_and_opens_with_the_answer(checks, tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"model")
    checks.record("a.x", 0.5, 3)
    checks.skip("a.y", "there is no file")
    checks.about(tmp_path / "model.onnx")
    bundle = shown(checks)
    assert bundle["text/plain"] == "2 checks, 0 failed. Off by 0.5 logits. Skipped: 1 check."
    assert bare(bundle["text/html"]).startswith('<p class="finding">Off by 0.5 logits. Skipped: 1 check.</p>')
    assert "– skipped" in bundle["text/html"]
    data = json.loads(json.dumps(bundle[MIMETYPE], allow_nan=False))
    found = Record.in_notebook({"cells": [{"outputs": [{"data": {MIMETYPE: data}}]}]})
    assert found.subject.startswith("b0-stand-in")
    assert [(each.id, each.compared, each.skipped) for each in found.measurements] == [
        ("a.x", 3, ""),
        ("a.y", 0, "there is no file"),
    ]
    assert list(found.files) == ["model.onnx"]


def test_what_is_missing_at_the_end_is_said_there(checks):
    checks.record("a.y", 1)
    said = bare(shown(checks)["text/html"])
    assert said.startswith('<p class="warning">No. 1 of 2 checks failed: x says: not recorded (a.x).</p>')


def test_a_nan_survives_and_fails(checks):
    checks.record("a.x", math.nan, 3)
    assert checks.results[0].failed
    assert "NaN logits" in shown(checks)["text/html"]


@pytest.mark.parametrize("id_", ["a.z", "b.x"])
def test_an_id_that_is_not_this_notebooks_is_a_bug(checks, id_):
    with pytest.raises(UnknownCheck):
        checks.record(id_, 1)


def test_a_second_record_of_one_id_is_an_error(checks):
    checks.record("a.x", 1)
    with pytest.raises(ValueError, match="recorded twice"):
        checks.record("a.x", 1)


def compared(photo: str, logits: float, flipped: bool = False) -> Comparison:
    other = np.array([[0.2, 0.8]] if flipped else [[0.8, 0.2]])
    pairs = {"infer": (np.zeros((1, 2)), np.full((1, 2), logits)), "score": (np.array([[0.8, 0.2]]), other)}
    return Comparison.of(photo, "deployment", pairs)


def test_the_photos_on_which_a_difference_does_not_hold_are_named(checks):
    checks.compare("a.x", [compared("a.png", 0.5), compared("b.png", 2), compared("c.png", math.nan)], "infer")
    found = checks.recorded.measurements[0]
    assert math.isnan(found.measured)
    assert (found.compared, found.where) == (3, ("b.png", "c.png"))


def test_the_photos_whose_class_changes_are_named(checks):
    checks.flips("a.y", [compared("a.png", 0), compared("b.png", 0, flipped=True)])
    found = checks.recorded.measurements[0]
    assert (found.measured, found.compared, found.where) == (1, 2, ("b.png",))
