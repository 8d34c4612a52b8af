"""What a run leaves: its executed notebooks, what they recorded, and the verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from lib.inputs import deployment
from lib.inputs.reading import sha256
from lib.inputs.subject import labelled
from lib.policy import Measurement, Policy, Record, Result, Verdict, answer, judged, verdict
from lib.policy.policy import BASELINE, RUN

PACKAGE = "handoff"  # the folder of a run with what operations install
CRASH = "crash"  # in the metadata of an executed notebook: why it ended before its last cell
EVIDENCE = "evidence.json"  # in it: the results of all notebooks but those that come last
RESULTS = "results.json"  # every number of a run
SWEPT = "mistakes"  # under which a notebook tells what mistakes cost, and on how many pictures


@dataclass(frozen=True)
class Page:
    """One executed notebook.

    Attributes:
        name: file name without suffix.
        notebook: with its outputs.
        record: what it recorded.
        seconds: how long it ran.
        sha256: of its file beside the report; empty where there is none.
    """

    name: str
    notebook: NotebookNode
    record: Record
    seconds: float
    sha256: str = ""

    @property
    def title(self) -> str:
        """The question it asks."""
        return str(self.notebook.metadata.get("title", self.name))

    @property
    def crash(self) -> str:
        """Why the notebook crashed, in a line; empty if it did not."""
        return str(self.notebook.metadata.get(CRASH, ""))


@dataclass(frozen=True)
class Run:
    """One execution of the notebooks with one set of parameters.

    Attributes:
        pages: the executed notebooks.
        record: what the run itself recorded.
        policy: what must hold.
        facts: what :func:`lib.run.provenance.facts` gives, with ``started`` and ``seconds``.
        complete: whether the whole set of notebooks was run. Then every check of the policy must have been recorded.
        baseline: what holding it against an earlier run recorded; None where it was held against none, and then it has no such
            checks.
    """

    pages: Sequence[Page]
    record: Record
    policy: Policy
    facts: dict[str, Any]
    complete: bool
    baseline: Record | None = None

    @property
    def judged(self) -> dict[str, list[Result]]:
        """The checks that this run had to record, by notebook; those of the run itself come first."""
        records = {RUN: self.record} | ({} if self.baseline is None else {BASELINE: self.baseline})
        records |= {page.name: page.record for page in self.pages}
        missing = {check.notebook for check in self.policy.checks} - {BASELINE, *records} if self.complete else set()
        records |= {name: Record("") for name in sorted(missing)}
        return {name: judged(self.policy, name, record, name in self.crashes) for name, record in records.items()}

    @property
    def results(self) -> list[Result]:
        """All of them."""
        return [result for results in self.judged.values() for result in results]

    @property
    def crashes(self) -> dict[str, str]:
        """Why each notebook that crashed did so, by its name."""
        return {page.name: page.crash for page in self.pages if page.crash}

    @property
    def verdict(self) -> Verdict:
        """The policy against what was recorded."""
        return verdict(self.results, self.facts["subject"]["name"], len(self.readable), self.complete, tuple(self.crashes))

    @property
    def answers(self) -> dict[str, str]:
        """What each notebook answers, made from its checks, and how an earlier run compares if there is one."""
        return {name: self._answer(name, results) for name, results in self.judged.items() if name != RUN}

    def _answer(self, name: str, results: Sequence[Result]) -> str:
        if name in self.crashes:
            return f"This notebook crashed: {self.crashes[name]}. What it measured before is below, then the traceback."
        return answer(self.policy, name, results)

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of the files that the checks are about, by name."""
        return {name: digest for page in self.pages for name, digest in page.record.files.items()}

    @property
    def told(self) -> dict[str, Any]:
        """What notebooks left for the verdict's page, by name; what several tell of the same name is put together."""
        told: dict[str, Any] = {}
        for page in self.pages:
            for name, value in page.record.told.items():
                told[name] = value | told.get(name, {}) if isinstance(value, dict) else value
        return told

    @property
    def package(self) -> dict[str, Any]:
        """What was told of the package that may be installed; empty where there is none, or where the verdict is not ship."""
        found: dict[str, Any] = self.told.get("package", {}) if self.verdict.key == "ship" else {}
        return found

    @property
    def ours(self) -> bool:
        """Whether the deployment under test is the workbook's own."""
        return bool(self.facts["parameters"].get("deployment") == deployment.DEFAULT)

    @property
    def readable(self) -> list[dict[str, Any]]:
        """The hand-off's photos that were looked at: none where the run did nothing but sweep a folder of others."""
        swept = bool(self.pages) and all(SWEPT in page.record.told for page in self.pages)
        photos: list[dict[str, Any]] = self.facts["photos"]["readable"]
        return photos if not swept or self.told[SWEPT]["cropped"] else []

    @property
    def attachments(self) -> dict[str, str]:
        """The files that notebooks left for other tools, as text, by name."""
        return {f"{page.name}.{end}": text for page in self.pages for end, text in page.record.attachments.items()}

    def to_json(self) -> str:
        """The text of ``results.json``."""
        return json.dumps(self.as_json(), indent=2, allow_nan=False) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Everything, as JSON types."""
        return {
            "verdict": self.verdict.key,
            "blamed": list(self.verdict.blamed),
            "complete": self.complete,
            "checks": [result.as_json() for result in self.results],
            "policy_changes": [
                {"id": c.check.id, "field": c.field, "before": c.before, "after": c.after, "why": c.why}
                for c in self.policy.changes
            ],
            "files": self.files,
            "attachments": {name: sha256(text.encode()) for name, text in self.attachments.items()},
            "told": self.told,
            "notebooks": [
                {
                    "name": page.name,
                    "title": page.title,
                    "answer": self.answers[page.name],
                    "crash": page.crash,
                    "seconds": page.seconds,
                    "sha256": page.sha256,
                }
                for page in self.pages
            ],
        } | self.facts


def of_itself(facts: Mapping[str, Any]) -> Record:
    """The checks of a run itself, from its facts."""
    left_out, looked_at = len(facts["photos"]["unreadable"]), len(facts["photos"]["readable"])
    label = labelled(facts["subject"]["name"], facts["subject"]["claims_accuracy"])
    return Record(label, [Measurement("run.photos-left-out", left_out, looked_at + left_out)])
