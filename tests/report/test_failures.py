"""What failed, the first to look at first."""

from __future__ import annotations

from dataclasses import replace

from lib.policy import Measurement
from lib.report.failures import failures
from lib.report.html import Html
from tests.report import made

BODIES = {"01_a": Html(f"<p>before</p>{made.FIGURE}<p>after</p>"), "02_b": Html("")}


def test_where_nothing_failed_there_is_nothing():
    assert failures(made.run(slow=3), BODIES) == []


def test_what_comes_first_in_a_pipeline_is_to_be_looked_at_first():
    found = failures(made.run(off=2, turned=1), BODIES)
    assert [each.result.check.id for each in found] == ["a.turned", "a.off"]
    assert [each.place for each in found] == ["stage decode", "stage infer"]
    assert [each.where for each in found] == ["", "cup.png"]


def test_each_has_the_picture_that_shows_it_once():
    first, second = failures(made.run(off=2, turned=1), BODIES)
    assert first.picture == made.FIGURE.replace(' id="a-off"', "")
    assert second.picture is None


def test_a_picture_that_is_not_there_is_left_out():
    assert failures(made.run(off=2), {"01_a": Html("<p>no figure</p>")})[0].picture is None


def test_the_mistake_that_a_notebook_found_goes_before_what_is_usual():
    assert failures(made.run(off=2), BODIES)[0].likeliest == "other weights."
    found = failures(made.run(off=2, likeliest={"infer": "static padding, on cup.png"}), BODIES)
    assert found[0].likeliest == "static padding, on cup.png"


def test_no_cause_is_named_that_a_passed_check_rules_out():
    assert "EXIF" not in failures(made.run(off=2), BODIES)[0].likeliest
    run = made.run(off=2)
    run.pages[0].record.measurements[1] = Measurement("a.turned", 0, 0)  # nothing was compared: that rules nothing out
    assert failures(run, BODIES)[0].likeliest == "EXIF."


def test_a_stage_that_a_wrong_one_feeds_may_be_right():
    found = failures(made.run(off=2, turned=1), BODIES)
    assert [each.likeliest for each in found] == ["EXIF.", "it may follow from decode, whose output it is fed"]


def test_the_same_mistake_is_named_once():
    likeliest = {"infer": "squash", "decode": "squash"}
    assert [each.likeliest for each in failures(made.run(off=2, turned=1, likeliest=likeliest), BODIES)] == ["squash", ""]


def test_a_check_that_nobody_recorded_blames_the_run():
    run = made.run()
    run.pages[0].record.measurements.pop()
    (found,) = failures(run, BODIES)
    assert (found.result.check.id, found.place) == ("a.turned", "part run")


def test_a_long_list_of_where_it_does_not_hold_is_cut_and_a_whole_one_is_a_count():
    run = made.run(off=2)
    record = run.pages[0].record.measurements
    record[0] = replace(record[0], where=tuple("abcdefghij"), compared=30)
    assert failures(run, BODIES)[0].where == "a, b, c, d, e, f, g, h and 2 more"
    record[0] = replace(record[0], compared=10)
    assert failures(run, BODIES)[0].where == "all 10 that were compared"


def test_what_was_not_measured_says_why_in_place_of_a_value():
    run = made.run()
    record = run.pages[0].record.measurements
    record[0] = Measurement("a.off", float("nan"), 0, "the exporter is missing")
    record[1] = Measurement("a.turned", 0, 0)
    assert {each.result.check.id: each.unmeasured for each in failures(run, BODIES)} == {
        "a.off": "the exporter is missing", "a.turned": "nothing was compared",
    }  # fmt: skip
