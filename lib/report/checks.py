"""The checks of a notebook, as its last cell shows and records them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lib.compare.comparison import Comparison, worst
from lib.compare.unanswered import Unanswered
from lib.inputs.reading import sha256
from lib.numbers import counted
from lib.policy import Measurement, Policy, Record, Result, answer, judged
from lib.policy.policy import BASELINE, RUN
from lib.policy.results import MIMETYPE
from lib.report.html import Html, join, note, table
from lib.report.output_style import with_style

# Groups of checks that no notebook records.
OWN = {RUN: "The run itself", BASELINE: "Against an earlier run: is it the same?"}
HEADERS = ("check", "measured", "threshold", "compared", "result")


class Checks:
    """What one notebook measured. As the value of its last cell it records that in the notebook's output, and shows it.

    Args:
        notebook: its name, as the policy has it.
        subject: what the checks are about: a subject's :attr:`~lib.inputs.subject.Subject.label`.
        policy: which checks there are, and what must hold.
    """

    def __init__(self, notebook: str, subject: str, policy: Policy) -> None:
        self.notebook = notebook
        self.policy = policy
        self.recorded = Record(subject)

    def record(self, id_: str, measured: float, compared: int = 1, where: Sequence[str] = ()) -> None:
        """Record a value for the check ``id_``, with how many things were looked at, and the names of what did not hold.

        Raises:
            UnknownCheck: the policy has no such check for this notebook.
            ValueError: it was recorded before.
        """
        self.recorded.add(Measurement(id_, measured, compared, where=tuple(where)))
        judged(self.policy, self.notebook, self.recorded)

    def compare(self, id_: str, comparisons: Sequence[Comparison], stage: str, unanswered: Sequence[Unanswered] = ()) -> None:
        """Record the largest difference at a stage, and the photos on which it does not hold; errors as :meth:`record`.

        Args:
            id_: of the check.
            comparisons: of the deployment, one a photo.
            stage: which.
            unanswered: where the deployment gave nothing; if at this stage, the value is NaN.
        """
        holds = self.policy[id_].holds
        off = dict.fromkeys(each.photo for each in comparisons if not holds(each[stage].largest))
        silent = {each.photo: f"{each.photo}: {each.reason}" for each in unanswered if each.stage == stage}
        largest = math.nan if silent else worst(comparisons, stage)
        self.record(id_, largest, len(comparisons), (*silent.values(), *(photo for photo in off if photo not in silent)))

    def flips(self, id_: str, comparisons: Sequence[Comparison]) -> None:
        """Record on how many photos another class wins, and on which; errors as :meth:`record`."""
        flipped = [each.photo for each in comparisons if each.flipped]
        self.record(id_, len(flipped), len(comparisons), tuple(dict.fromkeys(flipped)))

    def skip(self, id_: str, reason: str) -> None:
        """Say that there is nothing to measure for the check ``id_``; it fails unless the policy lets it be skipped."""
        self.recorded.add(Measurement(id_, math.nan, 0, reason))
        judged(self.policy, self.notebook, self.recorded)

    def about(self, path: Path) -> None:
        """Record the SHA-256 of a file that the checks are about, so that a verdict can be tied to it."""
        self.recorded.files[path.name] = sha256(path.read_bytes())

    def tell(self, name: str, value: Any) -> None:
        """Leave something for the verdict's page that no threshold holds: JSON types, under a name."""
        self.recorded.told[name] = value

    def leave(self, name: str, text: str) -> None:
        """Leave a small JSON file for another tool, which a run writes beside the page; see :meth:`lib.policy.Record.attach`.

        Raises:
            ValueError: it cannot be written under that name, or is too long.
        """
        self.recorded.attach(name, text)

    @property
    def results(self) -> list[Result]:
        """The notebook's checks against what was recorded so far."""
        return judged(self.policy, self.notebook, self.recorded)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        counted = counts(self.results)
        said = answer(self.policy, self.notebook, self.results)
        return {
            "text/plain": f"{counted}. {said}",
            "text/html": with_style(join(answered(said, self.results), results_table(self.results, counted))),
            MIMETYPE: self.recorded.as_json(),
        }


def counts(results: Iterable[Result]) -> str:
    """How many checks there are, and how many failed."""
    every = list(results)
    return f"{counted(len(every), 'check')}, {sum(each.failed for each in every)} failed"


def outcomes(results: Sequence[Result]) -> str:
    """How many checks there are, and how many of them passed, failed, were skipped, warned or never measured."""
    kinds = {"passed": "passed", "failed": "failed", "skipped": "skipped", "warned": "warned", "lost": "not measured"}
    said = [f"{count} {word}" for kind, word in kinds.items() if (count := sum(getattr(each, kind) for each in results))]
    return f"{counted(len(results), 'check')}: {', '.join(said)}"


def answered(said: str, results: Iterable[Result]) -> Html:
    """A notebook's answer as a note."""
    return note(said, "warning" if any(each.failed or each.lost for each in results) else "finding")


def results_table(results: Iterable[Result], caption: str) -> Html:
    """One row a check."""
    return table(HEADERS, rows(results), caption=caption)


def rows(results: Iterable[Result]) -> list[tuple[str, ...]]:
    """Rows for a table under :data:`HEADERS`."""
    return [
        (each.check.says, each.value, each.limit, str(each.measurement.compared) if each.measurement else "—", each.mark)
        for each in results
    ]
