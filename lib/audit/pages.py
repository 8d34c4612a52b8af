"""The pages of a report held to those that its notebooks and its results give."""

from __future__ import annotations

from lib.audit.finding import Complaints
from lib.audit.recomputed import NAME, Report, checked_out
from lib.audit.sums import files_in
from lib.deploy.package import digest
from lib.numbers import counted
from lib.report import sums
from lib.report.run import PACKAGE


def complaints(report: Report) -> Complaints:
    """Which files of a report say something else than its notebooks and results give, and which no run leaves."""
    made, found = report.made, files_in(report.folder)
    other = [name for name in made if found.get(name) and digest(report.folder / name) != made[name]]
    yield from (f"{name} is not what notebooks and results give" for name in other)
    if other:
        yield f"the pages were made by another commit, or were edited: {checked_out(report.said)}"
    yield from (f"{name} is missing" for name in made if name not in found)
    known = {NAME, sums.NAME, *made, *(f"{page.name}.ipynb" for page in report.run.pages)}
    yield from (f"{name} is nothing that a run leaves" for name in found if name not in known and not _packed(name))
    return f"{counted(len(made), 'file')} made again from notebooks and results, the same to the last byte"


def _packed(name: str) -> bool:
    """Whether a file lies in the folder of what operations install, which is looked at by itself."""
    return name.startswith(f"{PACKAGE}/")
