"""A run held against an earlier one, as checks of its own."""

from __future__ import annotations

from collections.abc import Sequence

from lib.audit.diff import between, files, given
from lib.audit.difference import Difference
from lib.audit.results import Results, parsed
from lib.policy import Measurement, Record
from lib.report.run import Run


def against(earlier: Results, run: Run) -> Record:
    """What moved since an earlier run, as the checks ``baseline.…`` of the policy have it.

    Raises:
        BadInput: the two have no notebook in common.
    """
    found = between(earlier, parsed(run.as_json(), "this run"), run.policy)
    before = found.before
    passed = sum(row.passed for row in before.checks.values())
    lost = [each for each in found.of("outcome", "gone") if each.before == "passed"]
    measured = sum(None not in (old.measured, new.measured) for old, new in found.shared)
    return Record(
        run.record.subject,
        [
            _moved("baseline.outcomes", lost, passed),
            _moved("baseline.numbers", found.of("number"), measured),
            _moved("baseline.thresholds", found.of("threshold"), len(found.shared)),
            _moved("baseline.files", found.of("file"), len(files(before))),
            _moved("baseline.parameters", found.of("parameter"), len(given(before))),
            _moved("baseline.versions", found.of("version"), len(before.versions)),
        ],
    )


def _moved(id_: str, differences: Sequence[Difference], compared: int) -> Measurement:
    return Measurement(id_, len(differences), compared, where=tuple(each.line for each in differences))
