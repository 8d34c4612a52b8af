"""Ship, do not ship, or incomplete: all results of a run, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.numbers import counted
from lib.policy.policy import BASELINE, PARTS, RUN
from lib.policy.results import NAMED, Result, listed


@dataclass(frozen=True)
class Verdict:
    """What the results of a run come to.

    Attributes:
        key: ``ship``, ``do not ship``, or ``incomplete``: no check failed, but some notebooks were not run or crashed.
        brief: the count of checks, and where to look first where some failed.
        sentence: the same, with the names of what failed.
        blamed: the parts of the hand-off that failures point at, the first to look at first; see
            :data:`lib.policy.policy.PARTS`.
        crashed: names of the notebooks that crashed.
    """

    key: str
    brief: str
    sentence: str
    blamed: tuple[str, ...] = ()
    crashed: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The verdict as a heading."""
        if self.key == "incomplete":
            return f"No verdict: {listed(self.crashed)} crashed" if self.crashed else "No verdict: only part was run"
        return {"ship": "✓ Ship", "do not ship": "✗ Do not ship"}[self.key]


def verdict(results: Sequence[Result], subject: str, photos: int, complete: bool, crashed: tuple[str, ...] = ()) -> Verdict:
    """Ship if the run is complete, has checks, none failed and no notebook crashed.

    Args:
        results: of all checks that the run had to record.
        subject: its name.
        photos: how many were looked at.
        complete: whether the whole set of notebooks was run.
        crashed: names of the notebooks that crashed.
    """
    failed = [each for each in results if each.failed]
    notebooks = list(dict.fromkeys(each.check.notebook for each in results if each.check.notebook not in (RUN, BASELINE)))
    if failed or not notebooks:
        named = _named(failed)
        said = f"{len(failed)} of {counted(len(results), 'check')} failed" if results else "there is no check"
        blamed = tuple(part for part in PARTS if any(each.blamed == part for each in failed))
        first = f" Look first at: {blamed[0]}." if blamed else ""
        brief, sentence = (f"{subject}: {said}{each}.{first}" for each in ("", named and f": {named}"))
        also = f" {listed(crashed)} crashed." if crashed else ""
        return Verdict("do not ship", brief + also, sentence + also, blamed, crashed)
    passed = sum(each.passed for each in results)
    aside = "".join(
        f", {count} {word}"
        for word, count in (("skipped", sum(r.skipped for r in results)), ("warned", sum(r.warned for r in results)))
        if count
    )
    if crashed:
        lost = counted(sum(each.lost for each in results), "check")
        said = f"{counted(passed, 'check')} passed{aside}; {listed(crashed)} crashed, which leaves {lost} without a value."
        return Verdict("incomplete", f"{subject}: {said}", f"{subject}: {said}", crashed=crashed)
    if not complete:
        ran = ", ".join(notebooks)
        said = f"{counted(passed, 'check')} of {ran} passed{aside}; the other notebooks were not run."
        return Verdict("incomplete", f"{subject}: {said}", f"{subject}: {said}")
    said = f"All {passed} checks passed{aside} on {counted(photos, 'photo')}: {_by_subject(results)}."
    return Verdict("ship", said, said)


def _named(failed: Sequence[Result]) -> str:
    """The first failures by id and sentence, and every id that nobody recorded."""
    measured = [each for each in failed if each.measurement is not None]
    missing = [each.check.id for each in failed if each.measurement is None]
    parts = [f"{each.check.id} ({each.check.says}{_where(each)})" for each in measured[:NAMED]]
    parts += [f"{len(measured) - NAMED} more"] if len(measured) > NAMED else []
    parts += [f"not recorded: {', '.join(missing)}"] if missing else []
    return "; ".join(parts)


def _where(result: Result) -> str:
    where = result.measurement.where if result.measurement else ()
    return f": {listed(where)}" if where else ""


def _by_subject(results: Sequence[Result]) -> str:
    """How many checks passed on which subject."""
    counts: dict[str, int] = {}
    for each in results:
        if each.passed:
            counts[each.subject] = counts.get(each.subject, 0) + 1
    return ", ".join(f"{count} on {subject}" for subject, count in counts.items())
