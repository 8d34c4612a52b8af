"""The table of checks, and a user's changes to it."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest

from lib import policy
from lib.cache import ROOT
from lib.deploy import BadInput
from lib.policy import TABLE, UnknownCheck
from lib.policy.policy import BASELINE, RUN, STAGE_CHECKS, changed, read

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def source(notebook: Path) -> str:
    cells = json.loads(notebook.read_text())["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def test_every_row_says_what_why_and_from_where(rules):
    assert len(rules.checks) > 60
    for check in rules.checks:
        assert min(map(len, (check.says, check.why, check.source))) > 4, check.id
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", check.id)
        assert check.notebook in {RUN, BASELINE, *(path.stem for path in NOTEBOOKS)}
        study = check.notebook.partition("_")[2] or check.notebook
        assert check.id.partition(".")[0] == study.replace("_", "-")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_names_the_checks_of_its_rows_and_no_others(notebook, rules):
    recorded = set(re.findall(r'checks\.(?:record|compare|flips)\("([^"]+)"', source(notebook)))
    rows = {check.id for check in rules.of(notebook.stem)}
    assert recorded == {id_ for id_ in rows if not (rules[id_].may_skip or rules[id_].optional)}
    assert notebook.stem in rules.answers


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_no_threshold(notebook, rules):
    written = set(map(float, re.findall(r"(?<![\w.])\d+(?:\.\d*)?e-\d+(?![\w.])", source(notebook))))
    assert not written & {check.threshold for check in rules.checks}
    assert not re.search(r"\btolerance: float", source(notebook))


def test_rows_that_count_failures_among_a_sample_allow_none_and_are_of_photos_or_sizes_at_random(rules):
    sampled = {check.id: check.sampled for check in rules.checks if check.sampled}
    assert set(sampled.values()) == {"photos", "sizes drawn at random"}
    assert "robustness.decode" not in sampled  # made pictures are chosen one by one: no share of them stands for others
    for id_ in sampled:
        assert (rules[id_].unit, rules[id_].relation, rules[id_].threshold) == ("", "==", 0)


def test_the_tolerance_of_a_stage_is_the_threshold_of_its_check(rules):
    assert rules.tolerances == {stage: rules[id_].threshold for stage, id_ in STAGE_CHECKS.items()}
    assert rules.tolerances["score"] == rules.tolerances["infer"] / 2


def test_a_value_may_move_by_what_its_row_says_or_by_a_tenth_of_the_threshold(rules):
    assert rules.may_move("parity.logits", 1e-3) == pytest.approx(1e-4)
    assert rules.may_move("parity.logits", 1) == pytest.approx(0.1)  # of a run that was held to another
    assert rules.may_move("export.end-to-end.levels", 2) == rules["export.end-to-end.levels"].may_move == 1
    assert rules.may_move("of.another-table", -20) == pytest.approx(2)
    assert rules.may_move("parity.decode", 0) == 0


def test_a_count_or_a_yes_may_not_move_at_all(rules):
    counts = [check for check in rules.checks if check.unit in ("", "yes") and check.threshold == int(check.threshold)]
    assert len(counts) > 40
    assert all(rules.may_move(check.id, check.threshold) < 1 for check in counts)


def test_no_value_may_move_by_more_than_half_of_its_threshold(rules):
    for check in rules.checks:
        assert 0 <= rules.may_move(check.id, check.threshold) <= 0.5 * abs(check.threshold), check.id


def test_a_check_that_the_table_does_not_have_is_a_bug(rules):
    with pytest.raises(UnknownCheck, match=r"no check 'parity\.logit'"):
        rules["parity.logit"]
    assert not issubclass(UnknownCheck, BadInput)


@pytest.mark.parametrize(
    ("relation", "holding", "failing"), [("<=", (1, 0.9), (1.1,)), (">=", (1, 1.1), (0.9,)), ("==", (1,), (0.9, 1.1))]
)
def test_what_holds(rules, relation, holding, failing):
    check = read(TABLE).checks[0].__class__("a", "b", "", relation, 1, "c", "d", "e", "infer", "error")
    assert all(check.holds(value) for value in holding)
    assert not any(check.holds(value) for value in (*failing, math.nan))


def test_a_users_file_changes_rows_and_every_change_is_kept(rules, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text('["parity.logits"]\nthreshold = 1e-4\nwhy = "ours"\n\n["swish.guard"]\nseverity = "warning"\n')
    ours = policy.load(str(mine))
    assert ours["parity.logits"].threshold == 1e-4
    assert ours["swish.guard"].severity == "warning"
    said = [(change.check.id, change.field, change.before, change.after, change.why) for change in ours.changes]
    assert said == [
        ("parity.logits", "threshold", rules["parity.logits"].threshold, 1e-4, "ours"),
        ("swish.guard", "severity", "error", "warning", ""),
    ]
    assert [check.id for check in ours.checks] == [check.id for check in rules.checks]
    assert rules.changes == ()


def test_a_value_that_stays_is_no_change(rules, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(f'["parity.logits"]\nthreshold = {rules["parity.logits"].threshold}\n')
    assert changed(rules, mine).changes == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('["parity.logit"]\nthreshold = 1', "unknown check 'parity.logit': did you mean 'parity.logits'"),
        ("[parity.logits]\nthreshold = 1", "unknown check 'parity'"),
        ('["parity.logits"]\ntreshold = 1', "unknown field 'treshold': did you mean 'threshold'"),
        ('["parity.logits"]\nthreshold = nan', "field 'threshold' is nan; it takes a finite number"),
        ('["parity.logits"]\nthreshold = inf', "field 'threshold' is inf; it takes a finite number"),
        ('["parity.logits"]\nthreshold = -inf', "field 'threshold' is -inf"),
        ('["parity.logits"]\nthreshold = "1"', "field 'threshold' is '1'"),
        ('["parity.logits"]\nthreshold = true', "field 'threshold' is True"),
        ('["parity.logits"]\nseverity = "fatal"', "field 'severity' is 'fatal'; it takes one of error, warning"),
        ('"parity.logits" = 1', "write a table"),
        ("threshold = ", "not valid TOML"),
        (b"\xff", "not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path, text, said):
    mine = tmp_path / "mine.toml"
    mine.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadInput) as refused:
        policy.load(str(mine))
    assert said in str(refused.value)
    assert "mine.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


ROW = """
[[check]]
id = "a.b"
says = "x"
unit = ""
relation = "<="
threshold = 1
why = "x"
source = "x"
notebook = "a"
blames = "infer"
severity = "error"
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROW + ROW, "two checks have the same id"),
        (ROW.replace("threshold = 1", "threshold = inf"), "field 'threshold' is inf"),
        (ROW.replace('"<="', '"<"'), "field 'relation' is '<'"),
        (ROW.replace('why = "x"\n', ""), "check 1: field 'why' is missing"),
        (ROW.replace('"infer"', '"network"'), "field 'blames' is 'network'"),
        (ROW + "colour = 1", "unknown field 'colour'"),
        (ROW + "may_move = -1", "field 'may_move' is -1; it takes a finite number, 0 or more"),
        (ROW + "may_move = nan", "field 'may_move' is nan"),
        (ROW + '[answers]\na = "{a.c}"', "the answer of a names 'a.c'"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path, text, said):
    (tmp_path / "table.toml").write_text(text)
    with pytest.raises(BadInput, match=re.escape(said)):
        read(tmp_path / "table.toml")


@pytest.mark.parametrize(
    ("hint", "word"),
    [
        ('nobody = [{ cause = "a" }]', "nobody"),
        ('infer = [{ cause = "a", tested = ["export.nothing"] }]', "export.nothing"),
        ('infer = [{ tested = ["export.logits"] }]', "cause"),
        ('infer = "a text"', "hints"),
    ],
)
def test_a_hint_names_a_part_a_cause_and_checks_that_there_are(tmp_path, hint, word):
    path = tmp_path / "table.toml"
    path.write_text(policy.TABLE.read_text().partition("[hints]")[0] + f"[hints]\n{hint}\n")
    with pytest.raises(BadInput, match=word):
        read(path)


def test_every_part_that_a_check_blames_has_a_cause(rules):
    assert {check.blames for check in rules.checks} | {"run"} == set(rules.hints)
