"""A run held against an earlier one: what its checks record."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lib import policy
from lib.audit.baseline import against
from lib.audit.results import parsed
from lib.deploy import BadInput
from lib.policy.policy import BASELINE
from lib.report import pages
from lib.report.run import Run
from tests.report import made
from tests.run.looks import look_at

RULES = replace(made.RULES, checks=(*policy.load().of(BASELINE), *made.RULES.checks), answers=policy.load().answers)


def held(earlier: Run, later: Run) -> dict[str, tuple[float, int, tuple[str, ...]]]:
    """What was recorded for each check: value, how many were compared, and where."""
    record = against(parsed(earlier.as_json(), "it"), later)
    return {each.id.removeprefix("baseline."): (each.measured, each.compared, each.where) for each in record.measurements}


def test_a_run_that_is_the_same_records_that_nothing_moved():
    assert held(made.run(), made.run()) == {
        "outcomes": (0, 4, ()),
        "numbers": (0, 4, ()),
        "thresholds": (0, 4, ()),
        "files": (0, 4, ()),
        "parameters": (0, 4, ()),
        "versions": (0, 4, ()),
    }


def test_what_moved_is_named_with_its_values():
    later = made.run(off=2, versions={"python": "3.12", "numpy": "2.4.6", "pillow": "13.0.0", "onnxruntime": "1.32.0"})
    found = held(made.run(), later)
    assert found["outcomes"] == (1, 4, ("a.off (how far off): passed → failed",))
    assert found["numbers"] == (1, 4, ("a.off: 0.5 logits → 2 logits (may move by 0.1 logits)",))
    assert found["versions"] == (1, 4, ("python: 3.11 → 3.12",))
    assert found["files"][0] == 0


def test_a_check_that_did_not_pass_then_is_no_loss_now():
    assert held(made.run(off=2), made.run())["outcomes"] == (0, 3, ())
    assert held(made.run(), made.run(skipped="no file"))["outcomes"][0] == 1
    assert held(made.run(skipped="no file"), made.run(skipped="no file"))["numbers"] == (0, 3, ())


def test_a_check_that_passed_then_and_is_gone_is_lost():
    earlier, later = made.run(), made.run()
    later = replace(later, policy=replace(made.RULES, checks=made.RULES.checks[1:]), pages=[later.pages[1]], complete=True)
    assert held(earlier, later)["outcomes"][2] == ("a.turned (turned photos): passed → failed", "a.off: passed → none")


def test_a_threshold_that_was_loosened():
    loose = replace(made.RULES, checks=(replace(made.RULES.checks[0], threshold=3.0), *made.RULES.checks[1:]))
    found = held(made.run(), replace(made.run(), policy=loose))
    assert found["thresholds"] == (1, 4, ("a.off: 1 logit → 3 logits",))


def test_runs_that_have_no_notebook_in_common_are_refused():
    part = made.run(complete=False)
    with pytest.raises(BadInput, match="no notebook in common"):
        held(replace(part, pages=part.pages[:1]), replace(part, pages=part.pages[1:]))


def shown(earlier: Run, later: Run) -> Run:
    """The later run, held against the earlier one."""
    later = replace(later, policy=RULES)
    return replace(later, baseline=against(parsed(earlier.as_json(), "it"), later))


def test_the_checks_are_there_where_a_run_was_held_against_an_earlier_one_and_only_then():
    alone, run = replace(made.run(), policy=RULES), shown(made.run(), made.run())
    assert alone.verdict.sentence.startswith("All 4 checks passed on 2 photos")
    assert alone.verdict.key == "ship"
    assert "baseline" not in alone.judged
    assert run.verdict.sentence.startswith("All 10 checks passed on 2 photos")
    assert list(run.judged) == ["run", "baseline", "01_a", "02_b"]
    assert run.answers["baseline"].startswith("Yes. 4 checks that passed pass again")
    assert "All checks" not in run.answers


def test_what_moved_stops_a_run_and_is_blamed_last():
    run = shown(made.run(), made.run(off=2))
    assert run.verdict.key == "do not ship"
    assert run.verdict.blamed == ("infer", "baseline")
    assert "a.off: 0.5 logits → 2 logits" in run.verdict.sentence


def test_another_package_or_parameter_is_a_warning():
    run = shown(made.run(), made.run(parameters={"subject": "mine.toml", "photos": "", "deployment": "my:own", "opset": 20}))
    assert run.verdict.key == "ship"
    assert "1 warned" in run.verdict.sentence
    assert "deployment: lib.deploy:pipeline → my:own" in run.answers["baseline"]


def test_a_run_of_one_notebook_does_not_name_the_baseline_among_its_notebooks():
    run = shown(made.run(), made.run(complete=False))
    assert run.verdict.key == "incomplete"
    assert "of 01_a, 02_b passed" in run.verdict.sentence


@pytest.mark.parametrize("off", [0.5, 2])
def test_pages_show_it_and_are_fit_to_read(tmp_path, browser, off):
    run = shown(made.run(), made.run(off=off))
    pages.write(run, tmp_path)
    for name in ("report.html", "index.html"):
        html = (tmp_path / name).read_text()
        assert "Against an earlier run: is it the same?" in html
        assert ("a.off: 0.5 logits → 2 logits" in html) == (off == 2)
        look_at(browser, tmp_path / name)
    assert re.search(
        r"<summary>[✓✗!] Against an earlier run: is it the same\?: \d+ checks: ", (tmp_path / "summary.md").read_text()
    )
