"""The pages of a report made again, from its notebooks and its results."""

from __future__ import annotations

import copy
import tempfile
from dataclasses import replace
from pathlib import Path

from lib.audit.finding import Complaints
from lib.audit.recomputed import NAME, Report, checked_out
from lib.deploy.package import digest
from lib.numbers import counted
from lib.report import pages, sums
from lib.report.output_style import without_styles
from lib.report.run import Page


def complaints(report: Report) -> Complaints:
    """Which files of a report say something else than its notebooks and results give."""
    run = report.run
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch)
        pages.write(replace(run, pages=[_plain(page) for page in run.pages]), made)
        names = sorted({path.name for path in made.iterdir()} - {NAME, sums.NAME})
        other = False
        for name in names:
            path = report.folder / name
            if not path.is_symlink() and path.is_file() and digest(path) != digest(made / name):
                other = True
                yield f"{name} is not what notebooks and results give"
    if other:
        yield f"the pages were made by another commit, or were edited: {checked_out(report.said)}"
    return f"{counted(len(names), 'file')} made again from notebooks and results, the same to the last byte"


def _plain(page: Page) -> Page:
    notebook = copy.deepcopy(page.notebook)
    without_styles(notebook)
    return replace(page, notebook=notebook)
