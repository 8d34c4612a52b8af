"""``python -m lib verify`` on a small report without a package; those with one are tried in tests/gate."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from functools import reduce
from operator import getitem

import nbformat
import pytest

from lib.audit.verify import verify
from lib.deploy import BadInput
from lib.deploy.package import digest
from lib.policy import Measurement, Policy, Record, load
from lib.policy.policy import BASELINE
from lib.policy.results import MIMETYPE
from lib.report import pages, sums
from lib.report.run import Run, of_itself
from lib.run.command import main
from tests.report.made import run as made
from tests.run import tiny

OWN = replace(tiny.RUN, why="w")


def write_table(rules: Policy, path):
    rows = [vars(check) for check in rules.checks]
    lines = [
        "\n".join(["[[check]]", *(f"{name} = {json.dumps(value)}" for name, value in row.items() if value is not None)])
        for row in rows
    ]
    path.write_text("\n\n".join(lines) + "\n")
    return path


def left(run: Run, folder, changes=()) -> Run:
    """The run with its records in its notebooks, written into a folder."""
    executed = []
    for page in run.pages:
        notebook = nbformat.v4.new_notebook(metadata=dict(page.notebook.metadata))
        data = {"text/plain": "checks", MIMETYPE: page.record.as_json()}
        cell = nbformat.v4.new_code_cell("checks", outputs=[nbformat.v4.new_output("display_data", data)])
        notebook.cells = [cell]
        nbformat.write(notebook, folder / f"{page.name}.ipynb")
        again = nbformat.read(folder / f"{page.name}.ipynb", as_version=4)
        path = folder / f"{page.name}.ipynb"
        executed.append(replace(page, notebook=again, record=Record.in_notebook(again), sha256=digest(path)))
    rules = Policy((OWN, *run.policy.checks), changes=tuple(changes))
    found = Run(executed, of_itself(run.facts), rules, run.facts, run.complete, run.baseline)
    pages.write(found, folder)
    return found


@pytest.fixture
def report(tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    found = left(made(skipped="no time"), folder)
    assert found.verdict.key == "ship"
    return folder


@pytest.fixture
def table(tmp_path):
    return write_table(Policy((OWN, *made().policy.checks)), tmp_path / "table.toml")


def wrong(folder, table):
    return [f"{each.about}: {each.said}" for each in verify(folder, table) if each.wrong]


def edited(folder, change, name="results.json"):
    told = json.loads((folder / name).read_text())
    change(told)
    (folder / name).write_text(json.dumps(told, indent=2) + "\n")
    sums.write(folder)


def test_a_report_as_it_was_left_holds_and_the_command_says_so(report, table, capsys):
    assert wrong(report, table) == []
    assert main(["verify", str(report)], table=table) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "all holds, by what lies there"
    assert "5 checks judged again from 2 executed notebooks: the verdict is 'ship'" in out
    assert "handoff: is not there: nothing was packed" in out


def test_the_command_ends_with_1_and_a_line_for_each_thing_that_does_not_hold(report, table, capsys):
    (report / "summary.md").write_text("fine")
    assert main(["verify", str(report)], table=table) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("✗")]
    assert lines[0] == "✗ sha256sums.txt: summary.md is another file than the run left"
    assert lines[1] == "✗ pages: summary.md is not what notebooks and results give"


@pytest.mark.parametrize("name", ["nowhere", "empty", "x\0y", "x" * 5000])
def test_where_there_is_no_report_one_line_says_so(tmp_path, name, capsys):
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="there is no report"):
        list(verify(tmp_path / name))
    assert main(["verify", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_report_is_still_one_where_its_results_are_gone(report, table):
    (report / "results.json").unlink()
    assert wrong(report, table)[0] == "sha256sums.txt: results.json is missing"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda told: told["checks"][1].update(measured=0.1), "checks: a.off: measured is 0.1, and 0.5 by what lies there"),
        (lambda told: told["checks"][1].update(where=["x"]), "checks: a.off: where: 0 should not be there"),
        (lambda told: told.update(verdict="do not ship"), "verdict is 'do not ship', and 'ship'"),
        (lambda told: told.update(complete=False), "verdict is 'ship', and 'incomplete'"),
        (lambda told: told.update(blamed=["infer"]), "blamed: 0 should not be there"),
        (lambda told: told["files"].update(x="0"), "files: x should not be there"),
        (lambda told: told["told"].update(costs={}), "told: costs should not be there"),
        (lambda told: told.pop("attachments"), "attachments is missing"),
        (lambda told: told["notebooks"][0].update(answer="Yes."), "notebooks: 01_a: answer is 'Yes.'"),
        (lambda told: told["notebooks"][0].update(name="../x"), "leads outside of the folder"),
        (lambda told: told["notebooks"].pop(), "02_b.ipynb lies there, and is not among its notebooks"),
        (lambda told: told["photos"]["unreadable"].append({"name": "x", "reason": "y"}), "run.photos-left-out"),
        (lambda told: told.update(checks=7), "checks is 7"),
        (lambda told: told.update(subject=7), "TypeError"),
        (lambda told: told.pop("git"), "git is missing"),
        (lambda told: told.update(note="x"), "note should not be there"),
    ],
)  # fmt: skip
def test_an_edited_results_file_is_found_out_though_the_sums_were_made_to_fit(report, table, change, words):
    edited(report, change)
    assert any(each.startswith("results.json: ") and words in each for each in wrong(report, table)), wrong(report, table)


def test_an_edited_notebook_is_found_out(report, table):
    path = report / "01_a.ipynb"
    path.write_text(path.read_text().replace('"measured": 0.5', '"measured": 9'))
    sums.write(report)
    found = wrong(report, table)
    assert found[0].startswith("notebooks: 01_a.ipynb is another file")
    assert any("checks: a.off: measured is 0.5, and 9" in each for each in found)
    assert any("verdict is 'ship', and 'do not ship'" in each for each in found)


def test_parameters_that_a_notebook_was_not_run_with_are_named(report, table):
    path = report / "01_a.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["papermill"] = {"parameters": {"opset": 21, "photos": ""}}
    nbformat.write(notebook, path)
    sums.write(report)
    assert "results.json: parameters: opset is 20, and 01_a was run with 21" in wrong(report, table)


def test_where_this_checkout_has_another_policy_the_commit_is_named(report, table):
    table.write_text(table.read_text().replace('id = "a.off"', 'id = "a.offset"'))
    assert any("no check 'a.off'" in each and "check out commit 0123456789abcdef" in each for each in wrong(report, table))
    table.write_text(
        table.read_text().replace('id = "a.offset"', 'id = "a.off"').replace("threshold = 1.0\n", "threshold = 2.0\n")
    )
    found = wrong(report, table)
    assert "results.json: checks: a.off: threshold is 1.0, and 2.0 by what lies there" in found
    assert any("policy of this checkout is another" in each and "check out commit 0123456789abcdef" in each for each in found)


def test_a_policy_file_that_the_run_was_given_is_applied_again(tmp_path, table, capsys):
    mine, folder = tmp_path / "mine.toml", tmp_path / "loose"
    mine.write_text('["a.off"]\nthreshold = 0.1\nseverity = "warning"\nwhy = "ours"\n')
    folder.mkdir()
    changed = load(str(mine), table)
    base = made()
    found = left(replace(base, policy=Policy(changed.checks[1:])), folder, changed.changes)
    assert found.verdict.key == "ship"
    assert wrong(folder, table) == []
    edited(folder, lambda told: told["policy_changes"].pop())
    assert any("a.off: severity" in each for each in wrong(folder, table))
    edited(folder, lambda told: told["policy_changes"][0].update(id="a.of"))
    assert any("did you mean 'a.off'" in each for each in wrong(folder, table))


def test_a_package_where_nothing_was_packed_is_named(report, table):
    (report / "handoff").mkdir()
    assert "handoff: is there, though nothing was packed" in wrong(report, table)
    edited(report, lambda told: told.update(verdict="do not ship"))
    assert "handoff: is there, though the verdict is 'do not ship'" in wrong(report, table)


def test_a_package_that_a_run_packed_has_to_be_there(report, table):
    edited(report, lambda told: told["told"].update(package={"wheel": {"name": "x.whl"}}))
    assert "handoff: is missing, or no folder; the verdict is 'ship'" in wrong(report, table)


def test_files_more_and_less_are_found_out_though_the_sums_were_made_to_fit(report, table):
    (report / "install.html").write_text("run this")
    (report / "01_a.html").unlink()
    sums.write(report)
    assert wrong(report, table) == ["pages: 01_a.html is missing", "pages: install.html is nothing that a run leaves"]


@pytest.mark.parametrize("text", ["", "{}", "[" * 100_000, '{"cells": 7}', '{"cells": [], "nbformat": 4}'])
def test_a_notebook_that_is_none_is_a_finding(report, table, text):
    (report / "01_a.ipynb").write_text(text)
    assert any(each.startswith("results.json: ") for each in wrong(report, table))


def test_what_moved_since_an_earlier_run_is_judged_as_the_report_has_it(tmp_path, capsys):
    builtin = [check for check in load().checks if check.notebook == BASELINE]
    table = write_table(Policy((OWN, *made().policy.checks, *builtin)), tmp_path / "table.toml")
    folder = tmp_path / "later"
    folder.mkdir()
    base = made()
    base = replace(base, facts=base.facts | {"parameters": base.facts["parameters"] | {"baseline": "earlier"}})
    moved = Record("mine", [Measurement(check.id, check.threshold, 1) for check in builtin])
    left(replace(base, policy=Policy((*base.policy.checks, *builtin)), baseline=moved), folder)
    assert wrong(folder, table) == []
    assert main(["verify", str(folder)], table=table) == 0
    assert "taken from it, which does not lie there" in capsys.readouterr().out
    edited(folder, lambda told: told["checks"][1].update(measured=5))
    assert any("verdict is 'ship', and 'do not ship'" in each for each in wrong(folder, table))
    edited(folder, lambda told: [told["checks"].pop(1) for _ in builtin])
    assert any(f"checks: {builtin[0].id} is missing" in each for each in wrong(folder, table))


def leaves(value, place=()):
    """Each value in nested tables and lists that is neither, with the way to it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield place, value
    else:
        for name, each in inner:
            yield from leaves(each, (*place, name))


def other(value):
    """Another value of the same type, such as somebody might write there."""
    if isinstance(value, bool) or value is None:
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value[:-1]}0" if value[-1:] != "0" else f"{value[:-1]}1"


def test_whatever_is_edited_in_the_results_they_are_what_is_named_first(report, table):
    """Each of its values in turn, the sums made to fit."""
    told = json.loads((report / "results.json").read_text())
    known = [*leaves(told)]
    assert len(known) > 100
    for place, value in known[:: len(known) // 60]:
        changed = copy.deepcopy(told)
        reduce(getitem, place[:-1], changed)[place[-1]] = other(value)
        (report / "results.json").write_text(json.dumps(changed, indent=2) + "\n")
        sums.write(report)
        found = wrong(report, table)
        assert found, place
        assert found[0].startswith("results.json: is another file than"), (place, found)


def test_whatever_file_is_edited_is_the_first_that_is_named(report, table):
    before = {path: path.read_bytes() for path in sorted(report.iterdir()) if path.name != sums.NAME}
    assert len(before) > 7
    for path, data in before.items():
        middle = data.rindex(b"e", 0, len(data) * 2 // 3)  # a letter, so that most files stay what they are
        path.write_bytes(data[:middle] + b"a" + data[middle + 1 :])
        for fitted in (False, True):
            if fitted:
                sums.write(report)
            found = wrong(report, table)
            assert path.name in found[0], (path.name, fitted, found)
        path.write_bytes(data)
        sums.write(report)
    assert wrong(report, table) == []
