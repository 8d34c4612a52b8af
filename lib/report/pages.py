"""Executed notebooks and their checks become pages that a reviewer can open anywhere."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

from lib.inputs import deployment
from lib.inputs.reading import sha256
from lib.policy import Policy, Record, Result, Verdict, answer, judged, verdict
from lib.policy.policy import RUN
from lib.policy.results import with_unit
from lib.report.checks import HEADERS, answered, counts, results_table, rows
from lib.report.html import Html, table
from lib.report.markdown import plain

TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Page:
    """One executed notebook.

    Attributes:
        name: file name without suffix.
        notebook: with its outputs.
        record: what it recorded.
        seconds: how long it ran.
    """

    name: str
    notebook: NotebookNode
    record: Record
    seconds: float

    @property
    def title(self) -> str:
        """The question it asks."""
        return str(self.notebook.metadata.get("title", self.name))


@dataclass(frozen=True)
class Run:
    """One execution of the notebooks with one set of parameters.

    Attributes:
        pages: the executed notebooks.
        record: what the run itself recorded.
        policy: what must hold.
        facts: what :func:`lib.run.provenance.facts` gives, with ``started`` and ``seconds``.
        complete: whether the whole set of notebooks was run. Then every check of the policy must have been recorded.
    """

    pages: Sequence[Page]
    record: Record
    policy: Policy
    facts: dict[str, Any]
    complete: bool

    @property
    def judged(self) -> dict[str, list[Result]]:
        """The checks that this run had to record, by notebook; those of the run itself come first."""
        records = {RUN: self.record} | {page.name: page.record for page in self.pages}
        missing = {check.notebook for check in self.policy.checks} - records.keys() if self.complete else set()
        records |= {name: Record("") for name in sorted(missing)}
        return {name: judged(self.policy, name, record) for name, record in records.items()}

    @property
    def results(self) -> list[Result]:
        """All of them."""
        return [result for results in self.judged.values() for result in results]

    @property
    def verdict(self) -> Verdict:
        """The policy against what was recorded."""
        return verdict(self.results, self.facts["subject"]["name"], len(self.readable), self.complete)

    @property
    def answers(self) -> dict[str, str]:
        """What each notebook answers, made from its checks."""
        return {name: answer(self.policy, name, results) for name, results in self.judged.items() if name != RUN}

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of the files that the checks are about, by name."""
        return {name: digest for page in self.pages for name, digest in page.record.files.items()}

    @property
    def readable(self) -> list[dict[str, Any]]:
        """The photos that were looked at."""
        photos: list[dict[str, Any]] = self.facts["photos"]["readable"]
        return photos

    @property
    def attachments(self) -> dict[str, str]:
        """The files that notebooks left for other tools, as text, by name."""
        return {f"{page.name}.{end}": text for page in self.pages for end, text in page.record.attachments.items()}

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
            "notebooks": [
                {"name": page.name, "title": page.title, "answer": self.answers[page.name], "seconds": page.seconds}
                for page in self.pages
            ],
        } | self.facts


def environment() -> Environment:
    """Where pages that are no notebooks are made: every text is escaped, and a name that is not given is an error."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def stylesheet() -> Html:
    """The CSS that every page carries."""
    return Html((TEMPLATES / "style.css").read_text(encoding="utf-8"))


def write(run: Run, folder: Path) -> None:
    """Write pages, attachments, ``index.html``, ``results.json`` and ``summary.md`` beside the notebooks in ``folder``."""
    css = Html(stylesheet() + HtmlFormatter(style="friendly").get_style_defs(".highlight"))
    pages = [("index.html", "Verdict"), *((f"{page.name}.html", page.name) for page in run.pages)]
    for page in run.pages:
        said = answered(run.answers[page.name], run.judged[page.name])
        _write(folder / f"{page.name}.html", _notebook_page(page, said, css, pages))
    titles = {page.name: page.title for page in run.pages}
    index = (
        environment()
        .get_template("index.html.j2")
        .render(
            title=f"{run.verdict.words}: {run.facts['subject']['name']}",
            state={"ship": "ship", "do not ship": "stop", "incomplete": "part"}[run.verdict.key],
            css=css,
            pages=pages,
            run=run,
            titles=titles,
            checks=[
                (name, run.answers.get(name, ""), results_table(results, _caption(results)))
                for name, results in run.judged.items()
                if results
            ],
            changes=_changes(run.policy),
            unreadable=_unreadable(run),
            files=table(("file", "SHA-256"), list(run.files.items())),
            ours=run.facts["parameters"].get("deployment") == deployment.DEFAULT,
            install=" ".join(f"{name}=={run.facts['versions'][name]}" for name in ("numpy", "pillow", "onnxruntime")),
            facts=_facts(run),
        )
    )
    for name, text in run.attachments.items():
        _write(folder / name, text)
    _write(folder / "index.html", index)
    _write(folder / "results.json", json.dumps(run.as_json(), indent=2, allow_nan=False) + "\n")
    _write(folder / "summary.md", summary(run))


def _write(path: Path, text: str) -> None:
    """In UTF-8, wherever this runs. A name that is no text must not cost a whole run at its end."""
    path.write_text(text, encoding="utf-8", errors="backslashreplace")


def summary(run: Run) -> str:
    """The verdict and every check in Markdown, for a CI job's page."""
    lines = [f"# {run.verdict.words}", "", plain(run.verdict.sentence), ""]
    if not run.facts["subject"]["claims_accuracy"]:
        lines += [f"Stand-in weights: {plain(run.facts['subject']['name'])} makes no claim on accuracy.", ""]
    lines += [f"Changed by the policy file: {' | '.join(map(plain, row))}" for row in _change_rows(run.policy)]
    lines += [f"Left out: {plain(p['name'])} ({plain(p['reason'])})" for p in run.facts["photos"]["unreadable"]]
    for name, results in run.judged.items():
        if results:
            lines += ["", f"**{plain(name)}**: {plain(run.answers.get(name) or _caption(results))}", ""]
            lines += [f"| {' | '.join(HEADERS)} |", "| --- " * len(HEADERS) + "|"]
            for *cells, mark in rows(results):
                lines.append(f"| {' | '.join(map(plain, cells))} | {f'**{mark}**' if mark.startswith('✗') else mark} |")
    return "\n".join(lines) + "\n"


def _notebook_page(page: Page, said: Html, css: str, pages: Sequence[tuple[str, str]]) -> str:
    page.notebook.metadata.title = page.title
    resources = {"handoff": {"css": css, "pages": pages, "here": f"{page.name}.html", "answer": said}}
    html: str = _exporter().from_notebook_node(page.notebook, resources)[0]
    return html


@functools.cache  # its templates are compiled once
def _exporter() -> HTMLExporter:
    exporter = HTMLExporter(
        template_name="handoff",
        extra_template_basedirs=[str(TEMPLATES)],
        extra_template_paths=[str(TEMPLATES)],
    )
    # widgets need a kernel and a script: each brings a still of itself, which comes first here
    exporter.config.NbConvertBase.display_data_priority = ["text/html", "image/png", "text/plain"]
    exporter.exclude_anchor_links = True
    return exporter


def _caption(results: Sequence[Result]) -> str:
    subject = next((each.subject for each in results if each.subject), "")
    return f"{counts(results)}{subject and f', on {subject}'}"


def _changes(policy: Policy) -> Html:
    headers = ("check", "what", "built in", "in this run", "why")
    return table(headers, _change_rows(policy), caption="Changed by the policy file of this run")


def _change_rows(policy: Policy) -> list[tuple[str, ...]]:
    def shown(value: float | str, unit: str) -> str:
        return value if isinstance(value, str) else with_unit(value, unit)

    return [
        (
            f"{each.check.id}: {each.check.says}",
            each.field,
            shown(each.before, each.check.unit),
            shown(each.after, each.check.unit),
            each.why or "—",
        )
        for each in policy.changes
    ]


def _unreadable(run: Run) -> Html:
    unreadable = [(photo["name"], photo["reason"]) for photo in run.facts["photos"]["unreadable"]]
    return table(("photo", "reason"), unreadable, caption="Left out of every comparison")


def _facts(run: Run) -> list[Html]:
    facts = run.facts
    subject, git = facts["subject"], facts["git"]
    tree = {True: "clean", False: "with uncommitted changes", None: ""}[git["clean"]]
    story, told = facts["story"], []
    if story["name"] != subject["name"]:
        digests = f"subject file SHA-256 {story['sha256']}, weights SHA-256 {story['weights_sha256']}"
        told = [("swish story", f"{story['name']}, {digests}")]
    parameters = [(name, str(value) or "as built in") for name, value in facts["parameters"].items()]
    made = [
        ("subject", f"{subject['name']}: {subject['about']}"),
        ("subject file", f"SHA-256 {subject['sha256']}"),
        ("weights", f"{subject['weights']}, SHA-256 {subject['weights_sha256']}"),
        *told,
        ("machine", f"{facts['machine']['processor']}, {facts['machine']['cores']} cores, {facts['machine']['system']}"),
        ("time", f"{facts['started']}, {facts['seconds']:.0f} s"),
        ("commit", f"{git['commit']} {tree}" if git["commit"] else "not a git checkout"),
    ]
    photos = [(p["name"], f"{p['size'][0]} × {p['size'][1]}", p["kind"], p["sha256"][:16] + "…") for p in run.readable]
    return [
        table(("of", "what"), made, caption="The run"),
        table(("parameter", "value"), parameters, caption="Parameters"),
        table(("package", "version"), list(facts["versions"].items()), caption="Versions"),
        table(("photo", "pixels", "kind", "SHA-256"), photos, caption="Photos"),
    ]
