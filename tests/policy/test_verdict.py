"""Ship, do not ship, or incomplete."""

from __future__ import annotations

from dataclasses import replace

from lib.policy import Measurement, Result, verdict
from tests.policy.test_results import check, result

SHIPS = result(1)
FAILS = replace(result(2), check=check("a.f"))
MISSING = Result(check("a.m"), "", None)
WARNS = replace(result(2), check=check("a.w", severity="warning"))
SKIPPED = Result(check("a.s", may_skip=True), "subject", Measurement("a.s", float("nan"), 0, "no file"))
RUN = replace(result(0), check=check("run.x", notebook="run"))


def test_all_checks_passed():
    found = verdict([RUN, SHIPS], "lite0", 7, complete=True)
    assert (found.key, found.words) == ("ship", "✓ Ship")
    assert found.sentence == "All 2 checks passed on 7 photos: 2 on subject."


def test_a_failure_and_a_missing_check_are_named():
    found = verdict([SHIPS, FAILS, MISSING], "lite0", 7, complete=True)
    assert found.key == "do not ship"
    assert found.sentence == "lite0: 2 of 3 checks failed: a.f (a.f says); not recorded: a.m. Look first at: run."
    assert verdict([SHIPS, MISSING], "lite0", 7, complete=True).key == "do not ship"


def test_what_failed_points_at_parts_in_the_order_in_which_one_spoils_the_next():
    late, early = (replace(FAILS, check=check("a.f", blames=part)) for part in ("score", "decode"))
    found = verdict([late, SHIPS, early], "lite0", 7, complete=True)
    assert found.blamed == ("decode", "score")
    assert found.sentence.endswith("Look first at: decode.")


def test_what_did_not_hold_is_named():
    failed = replace(FAILS, measurement=Measurement("a.f", 2, 9, where=("EXIF 6", "CMYK")))
    assert "a.f (a.f says: EXIF 6, CMYK)" in verdict([failed], "lite0", 7, complete=True).sentence


def test_every_missing_check_is_named_and_of_many_failures_the_first():
    missing = [Result(check(f"a.m{i}"), "", None) for i in range(9)]
    failing = [replace(result(2), check=check(f"a.f{i}")) for i in range(8)]
    said = verdict([*missing, *failing], "lite0", 7, complete=True).sentence
    assert all(f"a.m{i}" in said for i in range(9))
    assert "a.f5" in said
    assert "a.f6" not in said
    assert "; 2 more; not recorded: " in said


def test_what_was_skipped_or_warned_of_ships_and_is_counted_apart():
    found = verdict([SHIPS, SKIPPED, WARNS], "lite0", 7, complete=True)
    assert found.key == "ship"
    assert found.sentence.startswith("All 1 checks passed, 1 skipped, 1 warned on 7 photos")


def test_a_part_of_the_notebooks_can_say_no_and_never_ship():
    assert verdict([SHIPS], "lite0", 7, complete=False).key == "incomplete"
    assert verdict([FAILS], "lite0", 7, complete=False).key == "do not ship"


def test_no_notebook_at_all_does_not_ship():
    assert verdict([], "lite0", 7, complete=True).key == "do not ship"
    assert verdict([RUN], "lite0", 7, complete=True).key == "do not ship"
