"""The reader of what a run left: what it takes, and what it refuses in one line."""

from __future__ import annotations

import json
import math
import os
from typing import Any

import pytest

from lib.audit.results import load, parsed
from lib.deploy import BadInput
from tests.audit.made import left, results, row
from tests.report import made as report


def test_a_folder_and_the_file_in_it_are_the_same(tmp_path):
    folder = left(tmp_path / "run")
    assert load(folder) == load(folder / "results.json") == load(str(folder))
    run = load(folder)
    assert (run.verdict, run.complete, run.notebooks, list(run.checks)) == (
        "ship", True, ["01_a"], ["run.photos", "a.off", "a.same"],
    )  # fmt: skip
    assert run.checks["a.off"].measured == 0.25
    assert run.photos == {"cup.png": "6" * 64}
    assert run.machine.cores == 2


def test_what_a_run_of_today_leaves_is_read():
    run = parsed(json.loads(json.dumps(report.run(off=2, skipped="no file", slow=3).as_json())), "it")
    assert {id_: row.outcome for id_, row in run.checks.items()} == {
        "a.off": "failed", "a.turned": "passed", "b.same": "skipped", "b.slow": "warned",
    }  # fmt: skip
    assert run.checks["b.same"].measured is None


@pytest.mark.parametrize(("said", "value"), [("inf", math.inf), ("-inf", -math.inf), (3, 3.0), (None, None)])
def test_values_that_json_has_no_word_for_are_numbers(said, value):
    assert parsed(results([row("a.off", said)]), "it").checks["a.off"].measured == value


def test_a_nan_is_one():
    assert math.isnan(parsed(results([row("a.off", "nan")]), "it").checks["a.off"].measured)


def test_keys_that_a_newer_run_may_have_are_let_pass():
    newer = results([row("a.off", colour="blue")], bill_of_materials={"a": 1}, self=1)
    newer["machine"]["memory"] = 10**9
    newer["photos"]["readable"][0]["camera"] = None
    assert list(parsed(newer, "it").checks) == ["a.off"]


def changed(**fields: Any) -> str:
    return json.dumps(results() | fields)


def without(name: str) -> str:
    return json.dumps({key: value for key, value in results().items() if key != name})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not valid JSON: Expecting value"),
        ("{", "not valid JSON"),
        (b"\xff{}", "not valid JSON"),
        ("[" * 100_000, "not valid JSON: nested too deep"),
        ("1" * 5000, "not valid JSON"),
        ("[]", "holds [], where a run leaves a table"),
        ("null", "holds None"),
        ("{}", "field 'verdict' is missing"),
        (without("checks"), "field 'checks' is missing"),
        (without("story"), "field 'story' is missing"),
        (changed(checks={}), "field 'checks' is {}; it takes a list of tables"),
        (changed(checks=[3]), "field 'checks' is 3"),
        (changed(checks=[{"id": "a.b"}]), "check 1: field 'notebook' is missing"),
        (changed(checks=[row("a.b"), row("a.b")]), "two checks have the same id"),
        (changed(checks=[row("a.b", "NaN")]), "check 1: field 'measured' is 'NaN'; it takes a number, one of nan, inf, -inf"),
        (changed(checks=[row("a.b", True)]), "field 'measured' is True"),
        (changed(checks=[row("a.b", 10**400)]), "field 'measured' is 1000"),
        (changed(checks=[row("a.b", math.nan)]), "NaN is no word of JSON"),
        (changed(checks=[row("a.b", -math.inf)]), "-Infinity is no word of JSON"),
        (changed(checks=[row("a.b", threshold="nan")]), "field 'threshold' is 'nan'; it takes a finite number"),
        (changed(checks=[row("a.b", passed=1)]), "field 'passed' is 1; it takes true or false"),
        (changed(checks=[row("a.b", compared=-1)]), "field 'compared' is -1"),
        (changed(checks=[row("a.b", severity="fatal")]), "field 'severity' is 'fatal'; it takes one of error, warning"),
        (changed(complete="yes"), "field 'complete' is 'yes'"),
        (changed(versions={"torch": 2}), "field 'versions' is 2; it takes texts by name"),
        (changed(parameters={"opset": [20]}), "field 'parameters' is [20]"),
        (changed(photos={"readable": [{"name": "x"}]}), "photo 1: field 'sha256' is missing"),
        (changed(photos={}), "[photos]: field 'readable' is missing"),
        (changed(notebooks=[{}]), "notebook 1: field 'name' is missing"),
        (changed(machine={"system": "L", "processor": "p", "cores": "2"}), "[machine]: field 'cores' is '2'"),
        (changed(git=None), "field 'git' is None"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "bytes",
)
def test_what_no_run_left_is_refused_in_one_line(tmp_path, text, said):
    path = tmp_path / "results.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadInput) as refused:
        load(tmp_path)
    assert said in str(refused.value)
    assert str(refused.value).startswith(f"run {path}: ")
    assert str(refused.value).endswith("; name the folder of a report, or the results.json in it")
    assert "\n" not in str(refused.value)


def test_what_is_not_there_or_no_file_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "fifo")
    for name, said in (
        ("nowhere", "No such file"),
        ("empty", "No such file"),
        ("fifo", "is a FIFO"),
        ("a\0b", "no file can have this name"),
        ("x" * 300, "too long"),
    ):
        with pytest.raises(BadInput, match=said):
            load(tmp_path / name)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with (tmp_path / "results.json").open("wb") as file:
        file.truncate(10**9)
    with pytest.raises(BadInput, match="has more than 100 MB"):
        load(tmp_path)
