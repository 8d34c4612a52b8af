"""A run in Markdown, for a CI job's page: the verdict, what to install or what failed, limits, and all checks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from lib.bundle.markdown import code, plain
from lib.deploy.errors import printable
from lib.policy import Result
from lib.report import handed_over, what_was_run
from lib.report.checks import HEADERS, OWN, outcomes, rows
from lib.report.failures import Failure, failures
from lib.report.risks import risks
from lib.report.run import Run


def summary(run: Run) -> str:
    """What a person reads of the run, the first thing first.

    Everything from outside is escaped. Of HTML there are only ``<details>`` and ``<summary>``, which GitHub and GitLab show.
    """
    lines = [f"# {run.verdict.words}", "", plain(run.verdict.sentence), ""]
    if not run.facts["subject"]["claims_accuracy"]:
        lines += [f"Stand-in weights: {plain(run.facts['subject']['name'])} makes no claim on accuracy.", ""]
    if run.crashes:
        lines += ["## What crashed", "", *(f"- **{plain(name)}**: {plain(said)}" for name, said in run.crashes.items()), ""]
    if found := failures(run, {}):
        lines += ["## What failed, the first to look at first", "", *(line for each in found for line in _failure(each)), ""]
    elif run.verdict.key == "ship":
        lines += ["## What to install", "", *_install(run), ""]
    lines += ["## What could still go wrong", ""]
    lines += [f"- **{about}:** {plain(said)}" for about, said in risks(run)]
    lines += [f"- Changed by the policy file: {' | '.join(map(plain, row))}" for row in what_was_run.change_rows(run.policy)]
    lines += [f"- Left out: {plain(p['name'])} ({plain(p['reason'])})" for p in run.facts["photos"]["unreadable"]]
    lines += ["", "## All checks"]
    for name, results in run.judged.items():
        if results:
            lines += _checks(run, name, results)
    return "\n".join(lines) + "\n"


def _failure(each: Failure) -> list[str]:
    check = each.result.check
    if each.unmeasured:
        measured = f"not measured: {plain(each.unmeasured)}."
    else:
        measured = f"{plain(each.result.value)} measured, {plain(each.result.limit)} required."
    where = f" Where: {plain(each.where)}." if each.where else ""
    said = f"- **✗ {plain(check.says)}**: {measured}{where} Look at: {plain(each.place)} ({plain(check.id)})."
    return [said, *([f"  Likeliest: {plain(each.likeliest)}"] if each.likeliest else [])]


def _install(run: Run) -> list[str]:
    lines = handed_over.install(run)
    said = [code("\n".join(lines)), ""] if lines else []
    said += [
        f"- `sha256:{each['sha256']}` {plain(each['name'])}, {each['size']}: {plain(each['why'])}."
        for each in handed_over.files(run)
    ]
    return said + [f"- {plain(sentence)}" for sentence in handed_over.missing(run)]


def _checks(run: Run, name: str, results: Sequence[Result]) -> list[str]:
    """The checks of one notebook, folded where all passed."""
    passed, failed = all(each.passed for each in results), any(each.failed for each in results)
    mark = "✓" if passed else "✗" if failed else "!"
    said = f"{mark} {OWN.get(name, name)}: {outcomes(results)}"
    # up to the next empty line GitHub takes HTML and no Markdown
    lines = ["", "<details>" if passed else "<details open>", f"<summary>{escape(printable(said))}</summary>", ""]
    if answer := run.answers.get(name):
        lines += [plain(answer), ""]
    lines += [f"| {' | '.join(HEADERS)} |", "| --- " * len(HEADERS) + "|"]
    for *cells, shown in rows(results):
        lines.append(f"| {' | '.join(map(plain, cells))} | {f'**{shown}**' if shown.startswith('✗') else shown} |")
    return [*lines, "", "</details>"]
