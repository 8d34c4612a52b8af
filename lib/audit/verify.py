"""Does a report hold by what lies there: every hash, the verdict, and what operations install?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lib import policy
from lib.audit import package, pages, recomputed, sums
from lib.audit.finding import held
from lib.audit.recomputed import Report
from lib.deploy import BadInput
from lib.deploy.finding import Finding
from lib.report.sums import NAME


def verify(folder: Path, table: Path = policy.TABLE) -> Iterator[Finding]:
    """Everything, one thing after the other: files, results, pages, and what operations install.

    Args:
        folder: of a report.
        table: the policy that its run was judged by, but for what a user's file changed.

    Raises:
        BadInput: there is no report.
    """
    try:
        known = folder.is_dir() and any((folder / name).exists() for name in (NAME, recomputed.NAME))
    except (OSError, ValueError):  # of a name that no file can have
        known = False
    if not known:
        raise BadInput(f"run {folder}: there is no report; name the folder that a run left")
    report = Report(folder, table)
    yield from held(NAME, sums.complaints(folder))
    yield from held(recomputed.NAME, recomputed.source(report))
    yield from held("notebooks", recomputed.notebooks(report))
    yield from held(recomputed.NAME, recomputed.complaints(report))
    yield from held("pages", pages.complaints(report))
    try:
        yield from package.findings(report)
    except Exception:  # of results that cannot be read, which was said just now
        yield Finding("handoff", "cannot be held against results that cannot be read", wrong=True)
