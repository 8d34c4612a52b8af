"""Executed notebooks and their checks become pages that a reviewer can open anywhere."""

from __future__ import annotations

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
from lib.report.checks import HEADERS, Record, check_rows
from lib.run.exit_codes import CHECK_FAILED, SHIP
from lib.report.html import Html, table

TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Verdict:
    """All checks of a run, nothing else.

    Attributes:
        key: ``ship``, ``do not ship``, or ``incomplete`` where only some notebooks were run and every check of theirs passed.
        sentence: the count of checks.
    """

    key: str
    sentence: str

    @property
    def words(self) -> str:
        """The verdict as a heading."""
        return {"ship": "✓ Ship", "do not ship": "✗ Do not ship", "incomplete": "No verdict: only part was run"}[self.key]

    @property
    def css(self) -> str:
        """The class that colours it."""
        return {"ship": "ship", "do not ship": "stop", "incomplete": "part"}[self.key]

    @property
    def exit_code(self) -> int:
        """The exit code of a run that ended so."""
        return CHECK_FAILED if self.key == "do not ship" else SHIP


@dataclass(frozen=True)
class Page:
    """One executed notebook.

    Attributes:
        name: file name without suffix.
        notebook: with its outputs.
        record: the checks it recorded, and what they are about.
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
        facts: what :func:`lib.provenance.facts` gives, with ``started`` and ``seconds``.
        complete: whether the whole set of notebooks was run.
    """

    pages: Sequence[Page]
    facts: dict[str, Any]
    complete: bool

    @property
    def verdict(self) -> Verdict:
        """Ship where the run is complete, has checks, and every one of them passed."""
        every = [check for page in self.pages for check in page.record.checks]
        failed = [check for check in every if not check.passed]
        subject = self.facts["subject"]["name"]
        if failed or not every:
            named = "; ".join(check.name for check in failed[:3])
            named += f"; and {len(failed) - 3} more" if len(failed) > 3 else ""
            return Verdict("do not ship", f"{subject}: {len(failed)} of {len(every)} checks failed{named and ': ' + named}.")
        if not self.complete:
            ran = ", ".join(page.name for page in self.pages)
            sentence = f"{subject}: all {len(every)} checks of {ran} passed; the other notebooks were not run."
            return Verdict("incomplete", sentence)
        return Verdict("ship", f"All {len(every)} checks passed on {len(self.readable)} photos: {self._counted()}.")

    def _counted(self) -> str:
        """How many checks were made on which subject."""
        counts: dict[str, int] = {}
        for page in self.pages:
            counts[page.record.subject] = counts.get(page.record.subject, 0) + len(page.record.checks)
        return ", ".join(f"{count} on {subject}" for subject, count in counts.items())

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of the files that the checks are about, by name."""
        return {name: digest for page in self.pages for name, digest in page.record.files.items()}

    @property
    def readable(self) -> list[dict[str, Any]]:
        """The photos that were looked at."""
        photos: list[dict[str, Any]] = self.facts["photos"]["readable"]
        return photos

    def as_json(self) -> dict[str, Any]:
        """Everything, as JSON types."""
        return {
            "verdict": self.verdict.key,
            "complete": self.complete,
            "checks": [
                {"notebook": page.name, "subject": page.record.subject} | check.as_json()
                for page in self.pages
                for check in page.record.checks
            ],
            "files": self.files,
            "notebooks": [{"name": page.name, "title": page.title, "seconds": page.seconds} for page in self.pages],
        } | self.facts


def environment() -> Environment:
    """Where pages that are no notebooks are made: every text is escaped, and a name that is not given is an error."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def stylesheet() -> Html:
    """The CSS that every page carries."""
    return Html((TEMPLATES / "style.css").read_text())


def write(run: Run, folder: Path) -> None:
    """Write pages, ``index.html``, ``results.json`` and ``summary.md`` beside the executed notebooks in ``folder``."""
    css = Html(stylesheet() + HtmlFormatter(style="friendly").get_style_defs(".highlight"))
    pages = [("index.html", "Verdict"), *((f"{page.name}.html", page.name) for page in run.pages)]
    for page in run.pages:
        (folder / f"{page.name}.html").write_text(_notebook_page(page, css, pages))
    index = (
        environment()
        .get_template("index.html.j2")
        .render(
            title=f"{run.verdict.words}: {run.facts['subject']['name']}",
            css=css,
            pages=pages,
            run=run,
            notebooks=[(page, _checks(page)) for page in run.pages],
            unreadable=_unreadable(run),
            files=table(("file", "SHA-256"), list(run.files.items())),
            ours=run.facts["parameters"].get("deployment") == deployment.DEFAULT,
            install=" ".join(f"{name}=={run.facts['versions'][name]}" for name in ("numpy", "pillow", "onnxruntime")),
            facts=_facts(run),
        )
    )
    (folder / "index.html").write_text(index)
    (folder / "results.json").write_text(json.dumps(run.as_json(), indent=2, allow_nan=False) + "\n")
    (folder / "summary.md").write_text(summary(run))


def summary(run: Run) -> str:
    """The verdict and every check in Markdown, for a CI job's page."""
    lines = [f"# {run.verdict.words}", "", run.verdict.sentence, ""]
    if not run.facts["subject"]["claims_accuracy"]:
        lines += [f"Stand-in weights: {run.facts['subject']['name']} makes no claim on accuracy.", ""]
    lines += [f"Left out: {p['name']} ({p['reason']})" for p in run.facts["photos"]["unreadable"]]
    for page in run.pages:
        lines += ["", f"**{page.name}**, on {page.record.subject}", ""]
        lines += [f"| {' | '.join(HEADERS)} |", "| --- " * len(HEADERS) + "|"]
        for *cells, result in check_rows(page.record.checks):
            lines.append(f"| {' | '.join(cells)} | {f'**{result}**' if result.startswith('✗') else result} |")
    return "\n".join(lines) + "\n"


def _notebook_page(page: Page, css: str, pages: Sequence[tuple[str, str]]) -> str:
    exporter = HTMLExporter(
        template_name="handoff",
        extra_template_basedirs=[str(TEMPLATES)],
        extra_template_paths=[str(TEMPLATES)],
    )
    # widgets need a kernel and a script: each brings a still of itself, which comes first here
    exporter.config.NbConvertBase.display_data_priority = ["text/html", "image/png", "text/plain"]
    exporter.exclude_anchor_links = True
    page.notebook.metadata.title = page.title
    resources = {"handoff": {"css": css, "pages": pages, "here": f"{page.name}.html"}}
    html: str = exporter.from_notebook_node(page.notebook, resources)[0]
    return html


def _checks(page: Page) -> Html:
    return table(HEADERS, check_rows(page.record.checks), caption=f"On {page.record.subject}")


def _unreadable(run: Run) -> Html:
    rows = [(photo["name"], photo["reason"]) for photo in run.facts["photos"]["unreadable"]]
    return table(("photo", "reason"), rows, caption="Left out of every comparison")


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
