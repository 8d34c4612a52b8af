"""What changed between two runs, and what of it counts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lib.audit.diff import Diff, between
from lib.audit.difference import KINDS
from lib.audit.results import parsed
from lib.deploy import BadInput
from lib.policy import Check, Policy
from tests.audit.made import results, row

RULES = Policy(
    (
        Check("a.off", "off", "logits", "<=", 1, "w", "s", "01_a", "infer", "error"),
        Check("a.drawn", "drawn", "%", ">=", 99, "w", "s", "01_a", "infer", "error", may_move=0.2),
    )
)


def diff(before: dict[str, Any], after: dict[str, Any]) -> Diff:
    return between(parsed(before, "before"), parsed(after, "after"), RULES)


def one(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, str, Any, Any]:
    """The only difference, which counts."""
    found = diff(before, after)
    (only,) = found.differences
    assert found.changed
    assert only.counts
    assert found.summary == f"1 {KINDS[only.kind].one}."
    return only.kind, f"{only.name}{only.field and f', {only.field}'}", only.before, only.after


def checks(*rows: dict[str, Any]) -> dict[str, Any]:
    return results(list(rows))


def test_a_run_is_the_same_as_itself():
    found = diff(results(), results())
    assert not found.changed
    assert found.differences == ()
    assert found.lines[-1] == "Nothing changed: 3 checks, 6 files and photos, 4 parameters, 2 versions."


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        (0.25, 0.25, False),
        (0.25, 0.34, False),  # a tenth of the threshold, which is 1
        (0.25, 0.36, True),
        (0.34, 0.25, False),
        (0.5, 0.36, True),
        ("nan", "nan", False),
        ("nan", 0.5, True),
        (0.5, "nan", True),
        ("inf", "inf", False),
        ("inf", "-inf", True),
        (0.5, "inf", True),
        (None, None, False),
        (None, 0.5, True),
        (0.5, None, True),
    ],
)
def test_a_value_moves_where_it_is_further_from_the_earlier_one_than_it_may(before, after, moved):
    found = diff(checks(row("a.off", before)), checks(row("a.off", after)))
    assert [each.kind for each in found.differences] == ["number"] * moved


def test_how_far_a_value_may_move_is_what_its_row_says():
    def drawn(value: float) -> dict[str, Any]:
        return checks(row("a.drawn", value, threshold=99.0, unit="%", relation=">="))

    assert not diff(drawn(99.5), drawn(99.65)).changed
    moved = diff(drawn(99.5), drawn(99.75))
    assert [each.line for each in moved.differences] == ["a.drawn: 99.5 % → 99.8 % (may move by 0.2 %)"]


def test_of_a_check_that_the_policy_does_not_have_a_value_may_move_by_a_tenth_of_its_threshold():
    assert not diff(checks(row("b.new", 0.25)), checks(row("b.new", 0.34))).changed
    assert diff(checks(row("b.new", 0.25)), checks(row("b.new", 0.36))).changed


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"passed": False}, "failed"),
        ({"passed": False, "severity": "error", "measured": None}, "failed"),
        ({"passed": False, "skipped": "no file", "measured": None}, "skipped"),
    ],
)
def test_an_outcome_that_changed(changes, word):
    found = one(checks(row("a.off")), checks(row("a.off") | changes))
    assert found == ("outcome", "a.off (a.off says)", "passed", word)


def test_a_check_that_is_gone_and_one_that_is_new():
    assert one(results(), checks(*results()["checks"][:2])) == ("gone", "a.same", "passed", None)
    assert one(results(), checks(*results()["checks"], row("a.more"))) == ("new", "a.more", None, "passed")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("threshold", 2.0, ("threshold", "a.off", 1.0, 2.0)),
        ("severity", "warning", ("threshold", "a.off, severity", "error", "warning")),
        ("relation", "==", ("threshold", "a.off, relation", "<=", "==")),
        ("unit", "std", ("threshold", "a.off, unit", "logits", "std")),
    ],
)
def test_what_a_check_is_held_to(field, value, said):
    assert one(checks(row("a.off")), checks(row("a.off") | {field: value})) == said


def test_a_file_is_told_by_its_name_without_the_key_of_what_it_was_made_from():
    again = {"mine-opset20-ba9876543210.onnx": "1" * 64}
    assert not diff(results(), results(files=again)).changed
    other = {"mine-opset20-ba9876543210.onnx": "9" * 64}
    assert one(results(), results(files=other)) == ("file", "mine-opset20.onnx", "1" * 64, "9" * 64)
    assert one(results(), results(files={})) == ("file", "mine-opset20.onnx", "1" * 64, None)


def test_a_wheel_which_says_when_its_run_began_is_shown_and_does_not_count():
    first, second = (results()["files"] | {f"mine-2026.1.{day}-py3-none-any.whl": str(day) * 64} for day in (1, 2))
    found = diff(results(files=first), results(files=second))
    assert not found.changed
    assert "  wheel: mine-2026.1.1-py3-none-any.whl → mine-2026.1.2-py3-none-any.whl" in found.lines


def test_two_files_whose_names_differ_by_their_key_alone_are_two():
    two = {"m-01234567.onnx": "1" * 64, "m-89abcdef.onnx": "7" * 64}
    assert not diff(results(files=two), results(files=two)).changed
    assert diff(results(files=two), results(files=two | {"m-89abcdef.onnx": "8" * 64})).changed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject": {"name": "mine", "sha256": "9" * 64, "weights_sha256": "3" * 64}}, "subject file"),
        ({"subject": {"name": "mine", "sha256": "2" * 64, "weights_sha256": "9" * 64}}, "weights"),
        ({"story": {"name": "b0", "sha256": "9" * 64, "weights_sha256": "5" * 64}}, "swish story's subject file"),
        ({"photos": {"readable": [{"name": "cup.png", "sha256": "9" * 64}]}}, "photo cup.png"),
    ],
)
def test_the_hash_of_what_a_run_read(changes, said):
    kind, name, _, after = one(results(), results(**changes))
    assert (kind, name, after) == ("file", said, "9" * 64)
    assert diff(results(), results(**changes)).lines[-3].endswith(" → 999999999999…")


def test_versions_and_parameters():
    newer = results(versions={"python": "3.11.7", "torch": "2.14.0"})
    assert one(results(), newer) == ("version", "torch", "2.13.0", "2.14.0")
    given = results(parameters=results()["parameters"] | {"photos": "mine"})
    assert one(results(), given) == ("parameter", "photos", "", "mine")
    assert "  photos: not given → mine" in diff(results(), given).lines


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"parameters": results()["parameters"] | {"sizes_seed": 2}}, "sizes_seed: 1 → 2"),
        ({"machine": {"system": "Linux", "processor": "Another", "cores": 2}}, "processor: A processor → Another"),
        ({"git": {"commit": "0" * 40, "clean": False}}, f"commit: {'0' * 40} → {'0' * 40} with uncommitted changes"),
        ({"git": {"commit": None, "clean": None}}, f"commit: {'0' * 40} → not known"),
        ({"checks": [row("run.photos", 0, notebook="run", compared=9), *results()["checks"][1:]]}, "run.photos: 7 → 9"),
    ],
)
def test_what_is_shown_and_does_not_count(changes, line):
    found = diff(results(), results(**changes))
    assert not found.changed
    assert f"  {line}" in found.lines
    assert found.lines[-1].startswith("Nothing changed")


def test_time_and_what_was_told_are_no_difference():
    assert diff(results(), results(seconds=99.0, started="2021-01-01T00:00:00+00:00", told={"costs": 1})).differences == ()


def test_the_summary_counts_each_kind():
    after = results(
        [row("run.photos", 3, notebook="run"), row("a.off", 5, passed=False), row("a.same", 0, unit="yes", passed=False)],
        versions={"python": "3.12.0", "torch": "2.13.0"},
    )
    found = diff(results(), after)
    assert found.summary == "2 checks changed their outcome, 3 values moved, 1 threshold changed, 1 version changed."


def test_what_only_one_of_two_runs_looked_at_is_not_compared():
    both = [{"name": "01_a"}, {"name": "02_b"}]
    more = [*results()["checks"], row("b.off", notebook="02_b")]
    whole = results(more, notebooks=both, files={"a-01234567.onnx": "1" * 64, "b.onnx": "2" * 64})
    part = results(complete=False, parameters={"subject": "mine.toml"}, files={"a-89abcdef.onnx": "1" * 64})
    for found in (diff(whole, part), diff(part, whole)):
        assert found.differences == ()
        assert "Only what both ran is compared: 01_a." in found.lines
    assert diff(whole, results(more, notebooks=both, files={})).changed


def test_runs_that_have_no_notebook_in_common_cannot_be_compared():
    with pytest.raises(BadInput, match="no notebook in common"):
        diff(results(), results(complete=False, notebooks=[{"name": "02_b"}]))


def test_what_a_run_was_held_against_is_no_part_of_what_it_measured():
    held = results([*results()["checks"], row("baseline.files", 3, notebook="baseline", passed=False)])
    held["parameters"] |= {"baseline": "last"}
    assert diff(results(), held).differences == ()


def test_json_has_every_value_in_full():
    found = diff(checks(row("a.off", "nan")), checks(row("a.off", 0.123456789), row("a.more")))
    data = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert data["changed"] is True
    assert data["summary"] == "1 check is new, 1 value moved."
    assert data["after"] == {"verdict": "ship", "subject": "mine", "started": "2020-01-01T00:00:00+00:00", "seconds": 12.5}
    new, moved = data["differences"]
    assert (new["kind"], new["before"], new["after"]) == ("new", None, "passed")
    assert (moved["name"], moved["before"], moved["after"], moved["unit"]) == ("a.off", "nan", 0.123456789, "logits")
    assert (moved["may_move"], moved["counts"]) == (0.1, True)


def test_names_that_no_terminal_takes_are_escaped():
    found = diff(results(), results(versions=results()["versions"] | {"evil\x1b[2J\n": "1"}))
    assert r"  evil\x1b[2J\n: none → 1" in found.lines
