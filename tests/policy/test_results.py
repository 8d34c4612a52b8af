"""What was recorded against the table: what passes, what never passes, and the way through a notebook's output."""

from __future__ import annotations

import json
import math

import pytest

from lib.policy import Check, Measurement, Policy, Record, Result, UnknownCheck, answer, judged
from lib.policy.results import ATTACHED, MIMETYPE, with_unit


def check(id_: str = "a.x", relation: str = "<=", threshold: float = 1, **fields) -> Check:
    return Check(
        **{
            "id": id_,
            "says": f"{id_} says",
            "unit": "",
            "relation": relation,
            "threshold": threshold,
            "why": "w",
            "source": "s",
            "notebook": "a",
            "blames": "infer",
            "severity": "error",
        }
        | fields
    )


def result(measured: float, compared: int = 1, **fields) -> Result:
    return Result(check(**fields), "subject", Measurement("a.x", measured, compared))


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
    found = result(measured, compared, relation=relation, threshold=threshold)
    assert found.passed is passed
    assert found.failed is not passed


def test_what_was_not_recorded_fails():
    missing = Result(check(), "", None)
    assert missing.failed
    assert missing.mark == "✗ FAIL: not recorded"
    assert missing.value == "—"


def test_a_warning_neither_passes_nor_fails():
    found = result(2, severity="warning")
    assert (found.passed, found.failed, found.warned) == (False, False, True)
    assert found.mark == "! warning"
    assert Result(check(severity="warning"), "", None).warned


def test_what_was_skipped_never_reads_as_passed_and_fails_where_it_may_not_be():
    skipped = Measurement("a.x", math.nan, 0, "there is no file")
    allowed, not_allowed = (Result(check(may_skip=may), "s", skipped) for may in (True, False))
    assert (allowed.passed, allowed.failed, allowed.skipped) == (False, False, True)
    assert (allowed.mark, allowed.value) == ("– skipped", "there is no file")
    assert (not_allowed.passed, not_allowed.failed) == (False, True)
    assert allowed.as_json()["measured"] is None
    assert allowed.as_json()["skipped"] == "there is no file"


def test_the_results_tell_what_a_count_is_a_sample_of():
    assert result(0, 7, sampled="photos").as_json()["sampled"] == "photos"
    assert result(0, 7).as_json()["sampled"] == ""


def test_values_read_as_a_person_says_them():
    assert result(1, unit="yes", relation="==").value == "yes"
    assert result(0, unit="yes", relation="==").value == "no"
    assert result(1, unit="yes", relation="==").limit == "yes"
    assert result(7.6e-6, unit="logits").value == "7.6e-06 logits"
    assert result(1, unit="logits", relation=">=", threshold=0.1).limit == "≥ 0.1 logits"


def test_records_survive_the_way_through_a_notebook():
    record = Record("b0-stand-in (stand-in weights: no claim on accuracy)", files={"x.onnx": "0" * 64})
    for measured in (Measurement("a.x", math.nan, 3), Measurement("a.y", math.inf, 3), Measurement("a.z", 2, 1, "why")):
        record.add(measured)
    data = json.loads(json.dumps(record.as_json(), allow_nan=False))
    cells = [{"cell_type": "code", "outputs": [{"data": {MIMETYPE: data}}]}, {"cell_type": "markdown"}]
    assert repr(Record.in_notebook({"cells": cells})) == repr(
        Record(
            record.subject,
            [Measurement("a.x", math.nan, 3), Measurement("a.y", math.inf, 3), Measurement("a.z", 2.0, 1, "why")],
            record.files,
        )
    )


def test_a_notebook_without_a_record_recorded_nothing():
    empty = Record.in_notebook({"cells": [{"cell_type": "code", "outputs": [{"data": {"text/plain": "hello"}}]}]})
    assert empty.measurements == []


def test_two_records_of_one_check_are_an_error():
    record = Record("s")
    record.add(Measurement("a.x", 1, 1))
    with pytest.raises(ValueError, match=r"check 'a\.x' was recorded twice"):
        record.add(Measurement("a.x", 1, 1))


def test_results_are_the_table_against_what_was_recorded():
    rules = Policy((check("a.x"), check("a.y"), check("b.x", notebook="b")))
    found = judged(rules, "a", Record("s", [Measurement("a.y", 1, 1)]))
    assert [(each.check.id, each.passed, each.failed) for each in found] == [("a.x", False, True), ("a.y", True, False)]


def test_a_check_that_is_optional_counts_where_it_was_recorded():
    rules = Policy((check("a.x"), check("a.y", optional=True)))
    recorded = [Measurement("a.x", 1, 1)]
    assert [each.check.id for each in judged(rules, "a", Record("s", recorded))] == ["a.x"]
    failing = judged(rules, "a", Record("s", [*recorded, Measurement("a.y", 2, 1)]))
    assert [(each.check.id, each.failed) for each in failing] == [("a.x", False), ("a.y", True)]


@pytest.mark.parametrize("id_", ["a.z", "b.x"])
def test_a_check_of_no_row_or_of_another_notebook_is_a_bug(id_):
    rules = Policy((check("a.x"), check("b.x", notebook="b")))
    with pytest.raises(UnknownCheck, match=id_):
        judged(rules, "a", Record("s", [Measurement(id_, 1, 1)]))


def test_an_answer_is_made_of_this_runs_values():
    rules = Policy((check("a.x", unit="levels"),), {"a": "Off by {a.x} on {a.x:compared} photos."})
    record = Record("s", [Measurement("a.x", 0.5, 7)])
    assert answer(rules, "a", judged(rules, "a", record)) == "Off by 0.5 levels on 7 photos."
    record = Record("s", [Measurement("a.x", 2, 7)])
    said = answer(rules, "a", judged(rules, "a", record))
    assert said == "No. 1 of 1 check failed: a.x says: 2 levels, where ≤ 1 level is required."


def test_an_answer_names_what_is_missing_warned_of_and_skipped():
    rules = Policy(
        (check("a.x"), check("a.y", severity="warning"), check("a.z", may_skip=True), check("a.w")), {"a": "All is well."}
    )
    record = Record("s", [Measurement("a.y", 2, 1), Measurement("a.z", math.nan, 0, "no file"), Measurement("a.w", 1, 1)])
    assert "a.x says: not recorded (a.x)" in answer(rules, "a", judged(rules, "a", record))
    record.add(Measurement("a.x", 1, 1))
    said = answer(rules, "a", judged(rules, "a", record))
    assert said == "All is well. Warning: a.y says: 2, where ≤ 1 is required. Skipped: 1 check."


def test_an_answer_where_nothing_was_compared_says_so():
    rules = Policy((check("a.x"),))
    assert "a.x says: nothing was compared" in answer(rules, "a", [result(0, compared=0)])


def test_attachments_survive_the_way_through_a_notebook():
    record = Record("lite0")
    record.attach("local_node_data.json", '{"ä": 1}')
    data = json.loads(json.dumps(record.as_json(), allow_nan=False))
    found = Record.in_notebook({"cells": [{"outputs": [{"data": {MIMETYPE: data}}]}]})
    assert found.attachments == {"local_node_data.json": '{"ä": 1}'}


@pytest.mark.parametrize("name", ["../x.json", "a/b.json", ".json", "x.html", "X.json", "x..json", "x-y.json", "x.json\n", ""])
def test_an_attachment_of_a_name_that_is_none_is_refused(name):
    record = Record("lite0")
    with pytest.raises(ValueError, match="cannot be the name of an attachment"):
        record.attach(name, "{}")
    assert record.attachments == {}


def test_an_attachment_is_small_and_has_a_name_of_its_own():
    record = Record("lite0")
    record.attach("x.json", "")
    with pytest.raises(ValueError, match="is one already"):
        record.attach("x.json", "")
    with pytest.raises(ValueError, match="1000001 characters"):
        record.attach("y.json", " " * (ATTACHED + 1))


@pytest.mark.parametrize(("unit", "said"), [("levels", "another shape"), ("std", "another shape"), ("logits", "inf logits")])
def test_pictures_that_are_infinitely_apart_are_of_another_shape(unit, said):
    assert with_unit(math.inf, unit) == said
