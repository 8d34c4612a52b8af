"""A run becomes pages: the one file that is handed over, an index, and a page a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.policy import Result
from lib.report import costs, handed_over, reproduce, sums, what_was_run
from lib.report.beside import PICTURES, STYLE, with_files
from lib.report.checks import OWN, answered, counts, outcomes, results_table
from lib.report.failures import failures
from lib.report.html import Html
from lib.report.notebook_body import body, figure, nested, without_card
from lib.report.risks import risks
from lib.report.run import PACKAGE, RESULTS, Page, Run
from lib.report.summary import summary
from lib.report.templating import environment, stylesheet

# What a reader of the verdict should have seen: a notebook, the name of one of its figures, and what it is.
FIGURES = (
    ("01_export", "export-logits", "The exported network answers as PyTorch does"),
    ("03_parity", "parity-example", "What a first deployment makes of a photo"),
    ("05_interpolation", "interpolation-zoom", "What a filter does to single pixels"),
    ("06_dynamic_shapes", "dynamic-shapes-shipped", "The sizes at which the file is right"),
    ("08_runtimes", "runtimes-times", "How long an answer takes"),
)
STATES = {"ship": "ship", "do not ship": "stop", "incomplete": "part"}


@dataclass(frozen=True)
class Group:
    """The checks of one notebook, as a page folds them.

    Attributes:
        title: the notebook with its question.
        counts: how many passed, failed, warned and were skipped.
        state: ``passed`` where all did; then the group is folded.
        mark: the sign of that.
        answer: the notebook's answer, or empty.
        page: the notebook that measured it, or empty where there is no page of it.
        table: one row a check.
    """

    title: str
    counts: str
    state: str
    mark: str
    answer: str
    page: str
    table: Html


def write(run: Run, folder: Path) -> None:
    """Write all that a run leaves beside the executed notebooks in ``folder``.

    That is ``report.html``; ``index.html`` and a page a notebook, with their style and pictures beside them; ``results.json``,
    ``summary.md``, ``parameters.yml``, what notebooks left for other tools, beside a package ``reproduce.md``, and at last
    ``sha256sums.txt``, over all that lies there.
    """
    bodies = {page.name: body(page, answered(run.answers[page.name], run.judged[page.name])) for page in run.pages}
    pages = [("index.html", "Verdict"), *((f"{page.name}.html", page.name) for page in run.pages)]
    templates = environment()
    shared: dict[str, Any] = {
        "css": stylesheet(),
        "run": run,
        "state": STATES[run.verdict.key],
        "title": f"{run.verdict.words}: {run.facts['subject']['name']}",
        "front": _front(run, bodies),
        "groups": _groups(run),
        "parameters_file": reproduce.PARAMETERS,
        "sums_file": sums.NAME,
        "beside": {"style": STYLE, "pictures": PICTURES},
        "handed_over": {"folder": PACKAGE, "placed": reproduce.FOLDER, "text": reproduce.TEXT} if run.package else {},
    }
    for page in run.pages:
        here = f"{page.name}.html"
        own = shared | {"title": page.title, "here": here, "pages": pages, "body": bodies[page.name]}
        _write(folder / here, with_files(templates.get_template("notebook.html.j2").render(own), folder))
    index = templates.get_template("index.html.j2").render(shared | {"pages": pages})
    _write(folder / "index.html", with_files(index, folder))
    _write(folder / STYLE, shared["css"])
    _write(folder / "report.html", templates.get_template("report.html.j2").render(shared | _one_file(run, bodies)))
    for name, text in run.attachments.items():
        _write(folder / name, text)
    _write(folder / RESULTS, run.to_json())
    _write(folder / "summary.md", summary(run))
    _write(folder / reproduce.PARAMETERS, reproduce.parameters(run))
    if run.package and (folder / PACKAGE).is_dir():
        _write(folder / PACKAGE / reproduce.TEXT, reproduce.markdown(run))
    sums.write(folder)


def _write(path: Path, text: str) -> None:
    """In UTF-8, wherever this runs. A name that is no text must not cost a whole run at its end."""
    path.write_text(text, encoding="utf-8", errors="backslashreplace")


def _front(run: Run, bodies: Mapping[str, Html]) -> dict[str, Any]:
    """What templates/front.html.j2 shows."""
    return {
        "failures": failures(run, bodies),
        "install": handed_over.install(run),
        "deployment": run.facts["parameters"].get("deployment", ""),
        "files": handed_over.files(run),
        "missing": handed_over.missing(run),
        "costs": (table := costs.costs(told := handed_over.costs(run))),
        "conditions": costs.conditions(told) if table else "",
        "risks": risks(run),
        "changes": what_was_run.changes(run.policy),
        "left_out": what_was_run.left_out(run),
        "facts": what_was_run.tables(run),
    }


def _one_file(run: Run, bodies: Mapping[str, Html]) -> dict[str, Any]:
    """What report.html holds beside what it shares with the index."""
    shown = [(name, title, figure(bodies.get(name, Html()), named)) for name, named, title in FIGURES]
    figures = [{"notebook": name, "title": title, "html": html} for name, title, html in shown if html is not None]
    anchors = [("figures", "Figures")] * bool(figures)
    anchors += [("checks", "Checks"), ("reproduce", "Measure it again"), ("notebooks", "Notebooks"), ("run", "Run")]
    return {
        "anchors": anchors,
        "figures": figures,
        "commit": _commit(run),
        "parameters": reproduce.parameters(run),
        "commands": reproduce.commands(run),
        "saved": reproduce.SAVED,
        "notebooks": [
            _inside(page, bodies[page.name], told=page.record.subject in [each.record.subject for each in run.pages[:i]])
            for i, page in enumerate(run.pages)
        ],
    }


def _commit(run: Run) -> str:
    git = run.facts["git"]
    if not git["commit"]:
        return "the code that was run, whose commit is not known"
    return f"commit {git['commit'][:12]}{', with the changes that were not committed' * (git['clean'] is False)}"


def _inside(page: Page, html: Html, told: bool) -> dict[str, Any]:
    """A notebook within the one file; what is handed over stands there once for each subject."""
    return {"name": page.name, "title": page.title, "html": nested(without_card(html) if told else html, page.name)}


def _groups(run: Run) -> list[Group]:
    titles, answers = {page.name: f"{page.name}: {page.title}" for page in run.pages}, run.answers
    return [
        _group(
            OWN.get(name) or titles.get(name, f"{name}: not run"),
            answers.get(name, ""),
            name if name in titles else "",
            results,
        )
        for name, results in run.judged.items()
        if results
    ]


def _group(title: str, answer: str, page: str, results: Sequence[Result]) -> Group:
    failed, other = any(each.failed for each in results), any(not each.passed for each in results)
    state = "failed" if failed else "open" if other else "passed"
    mark = {"failed": "✗", "open": "!", "passed": "✓"}[state]
    return Group(title, outcomes(results), state, mark, answer, page, results_table(results, _caption(results)))


def _caption(results: Sequence[Result]) -> str:
    subject = next((each.subject for each in results if each.subject), "")
    return f"{counts(results)}{subject and f', on {subject}'}"
