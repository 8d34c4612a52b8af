"""The results of a run worked out again: from what its executed notebooks recorded, by the policy of this checkout."""

from __future__ import annotations

import copy
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat

from lib import policy
from lib.audit import strict
from lib.audit.finding import Complaints
from lib.deploy import BadInput
from lib.deploy.errors import quoted
from lib.deploy.package import digest
from lib.inputs.reading import read_bytes, sha256
from lib.numbers import counted
from lib.policy import Measurement, Policy, Record
from lib.policy.policy import BASELINE, UnknownCheck, with_changes
from lib.report import pages, sums
from lib.report.output_style import without_styles
from lib.report.run import PACKAGE, RESULTS, Page, Run, of_itself

NAME = RESULTS
MOST = 3 * 10**8  # bytes of an executed notebook
# What stands in the file: what is worked out, and the facts of the run.
WORKED_OUT = ("verdict", "blamed", "complete", "checks", "policy_changes", "files", "attachments", "told", "notebooks")
FACTS = ("subject", "story", "parameters", "photos", "versions", "machine", "git", "started", "seconds")
PAGES = ("index.html", "report.html")  # each says of which results it was made
# What a check has from the policy alone.
_FROM_POLICY = ("notebook", "says", "relation", "threshold", "unit", "sampled", "severity")


@dataclass(frozen=True)
class Report:
    """What lies in a report's folder.

    Attributes:
        folder: of the report.
        table: the policy that the run was judged by, but for what a user's file changed.
    """

    folder: Path
    table: Path = policy.TABLE

    @cached_property
    def said(self) -> dict[str, Any]:
        """What ``results.json`` says.

        Raises:
            BadInput: it cannot be read.
        """
        return strict.read(self.folder / NAME)

    @cached_property
    def policy(self) -> Policy:
        """The policy of this checkout, with the changes that the run states.

        Raises:
            BadInput: it has no such checks.
        """
        entries: dict[str, dict[str, Any]] = {}
        for each in self.said["policy_changes"]:
            entries.setdefault(each["id"], {"why": each["why"]})[each["field"]] = each["after"]
        return with_changes(policy.load(table=self.table), entries, f"{NAME}: policy_changes")

    @cached_property
    def run(self) -> Run:
        """The run, from its notebooks and its facts.

        Raises:
            Exception: something that lies there is not what a run leaves.
        """
        facts = {name: self.said[name] for name in FACTS}
        executed = [self._page(each["name"], each["seconds"]) for each in self.said["notebooks"]]
        crashed = any(page.crash for page in executed)  # such a run was held against no earlier one
        baseline = None if crashed else self._baseline(facts)
        return Run(executed, of_itself(facts), self.policy, facts, self.said["complete"], baseline)

    def _baseline(self, facts: Mapping[str, Any]) -> Record | None:
        """What holding the run against an earlier one recorded, as it says itself: the earlier one does not lie there."""
        if not facts["parameters"].get(BASELINE):
            return None
        rows = [each for each in self.said["checks"] if each["notebook"] == BASELINE and each["measured"] is not None]
        measured = [
            Measurement(each["id"], float(each["measured"]), each["compared"], where=tuple(each["where"])) for each in rows
        ]
        return Record(of_itself(facts).subject, measured)

    @cached_property
    def made(self) -> dict[str, str]:
        """SHA-256 by name of all that is made of notebooks and results, made again.

        Raises:
            Exception: as :attr:`run`.
        """
        plain = []
        for page in self.run.pages:
            notebook = copy.deepcopy(page.notebook)
            without_styles(notebook)
            plain.append(replace(page, notebook=notebook))
        with tempfile.TemporaryDirectory() as scratch:
            made = Path(scratch)
            if (self.folder / PACKAGE).is_dir():  # something may be made that goes there
                (made / PACKAGE).mkdir()
            pages.write(replace(self.run, pages=plain), made)
            names = [path.relative_to(made).as_posix() for path in sorted(made.rglob("*")) if path.is_file()]
            return {name: digest(made / name) for name in names if name not in (NAME, sums.NAME)}

    def _page(self, name: str, seconds: float) -> Page:
        file = f"{name}.ipynb"
        if Path(file).name != file:
            raise BadInput(f"notebook {name}: leads outside of the folder")
        if (self.folder / file).is_symlink():
            raise BadInput(f"{file}: is a link, where a run leaves a file")
        data = read_bytes(self.folder / file, file, MOST)
        try:
            notebook = nbformat.reads(data.decode(), as_version=4)
            return Page(name, notebook, Record.in_notebook(notebook), seconds, sha256(data))
        except Exception as error:  # whatever a notebook that was made to break its reader leads to
            raise BadInput(f"{file}: holds no record of checks that can be read: {type(error).__name__}: {error}") from None


def source(report: Report) -> Complaints:
    """Whether ``results.json`` is the file that the pages were made of.

    A page that was edited alone does not stand against it.
    """
    there = sha256(read_bytes(report.folder / NAME, NAME, strict.MOST))
    stated = [found for name in PAGES if (found := _stated(report.folder / name))]
    if stated and there not in stated:
        yield f"is another file than {' and '.join(PAGES)} were made of: its SHA-256 is {there}, and {stated[0]} there"
    return f"SHA-256 {there}, as the pages made of it say"


def notebooks(report: Report) -> Complaints:
    """Which executed notebooks are others than those that ``results.json`` was made of."""
    said = report.said["notebooks"]
    for each in said:
        name = f"{each['name']}.ipynb"
        if Path(name).name != name or not (report.folder / name).exists():
            continue  # which is said of the results
        if (found := digest(report.folder / name)) != each["sha256"]:
            yield f"{name} is another file than {NAME} was made of: its SHA-256 is {found}, and {each['sha256']} there"
    return f"{counted(len(said), 'executed notebook')}, as {NAME} has them"


def complaints(report: Report) -> Complaints:
    """Where ``results.json`` says something else than what lies beside it."""
    said = report.said
    yield from (f"{name} is missing" for name in FACTS if name not in said)
    yield from (f"{name} should not be there" for name in said if name not in (*WORKED_OUT, *FACTS))
    try:
        run = report.run
        found = as_json(run)
    except UnknownCheck as error:
        yield f"{error.args[0]}: {checked_out(said)}"
        return ""
    other = False
    for place, how in strict.differences(said, found):
        _, _, field = place.rpartition(": ")
        of_policy = place.startswith("checks: ") and (field in _FROM_POLICY or place.count(": ") == 1)
        other = other or of_policy
        yield f"{place} {how}"
    if other:
        yield f"the policy of this checkout is another, or the file was edited: {checked_out(said)}"
    listed = {page.name for page in run.pages}
    yield from (
        f"{path.name} lies there, and is not among its notebooks"
        for path in sorted(report.folder.glob("*.ipynb"))
        if path.stem not in listed
    )
    for page in run.pages:
        for name, value in page.notebook.metadata.get("papermill", {}).get("parameters", {}).items():
            if run.facts["parameters"].get(name) != value:
                stated = quoted(run.facts["parameters"].get(name))
                yield f"parameters: {name} is {stated}, and {page.name} was run with {quoted(value)}"
    unseen = "" if run.baseline is None else "; what moved since an earlier run is taken from it, which does not lie there"
    return (
        f"{counted(len(run.results), 'check')} judged again from {counted(len(run.pages), 'executed notebook')}: "
        f"the verdict is '{run.verdict.key}'{unseen}"
    )


def _stated(page: Path) -> str:
    """The SHA-256 of the results that a page says it was made of; empty where it says none."""
    try:
        text = page.read_text(encoding="utf-8") if page.is_file() and not page.is_symlink() else ""
    except (OSError, UnicodeDecodeError):
        return ""
    found = re.search(rf">{re.escape(NAME)}</th><td[^>]*>SHA-256 ([0-9a-f]{{64}})<", text)
    return found[1] if found else ""


def as_json(run: Run) -> dict[str, Any]:
    """The run as its file has it, with the types that JSON has."""
    found: dict[str, Any] = json.loads(run.to_json())
    return found


def checked_out(said: Mapping[str, Any]) -> str:
    """What to do where this checkout gives something else than the run's own."""
    commit = said["git"]["commit"]
    return f"check out commit {commit} and verify there" if commit else "its commit is not known"
