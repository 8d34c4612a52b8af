"""What failed, the first to look at first: what was measured, where, the picture that shows it, and the likeliest mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.deploy import STAGES
from lib.policy import Measurement, Result
from lib.policy.policy import PARTS
from lib.policy.results import listed
from lib.report.html import Html
from lib.report.notebook_body import figure
from lib.report.run import Run

FEW = 8  # names of what did not hold that a failure gives


@dataclass(frozen=True)
class Failure:
    """One check that failed.

    Attributes:
        result: what was measured against what is required.
        where: names of what did not hold, or empty.
        likeliest: the likeliest mistake, in half a sentence; empty where an earlier failure says the same.
        picture: the figure that shows it; None where there is none, or where an earlier failure has it.
    """

    result: Result
    where: str
    likeliest: str
    picture: Html | None

    @property
    def unmeasured(self) -> str:
        """Why there is no value; empty where there is one."""
        return self.result.unmeasured if self.result.measurement else "the notebook ended without it"

    @property
    def place(self) -> str:
        """What to look at, and whether that is a stage."""
        return f"{'stage' if self.result.blamed in STAGES else 'part'} {self.result.blamed}"


def failures(run: Run, bodies: Mapping[str, Html]) -> list[Failure]:
    """All that failed.

    Args:
        run: which.
        bodies: the HTML of each notebook, by name.
    """
    failed = sorted((each for each in run.results if each.failed), key=lambda each: PARTS.index(each.blamed))
    diagnosed = run.told.get("likeliest", {})
    stages = [each.blamed for each in failed if each.blamed in STAGES]
    found, shown, said = [], set(), set()
    for each in failed:
        check = each.check
        picture = None
        if check.picture and check.picture not in shown:
            picture = figure(bodies.get(check.notebook, Html()), check.picture)
            shown |= {check.picture} if picture else set()
        where = _where(each.measurement) if each.measurement else ""
        mistake = diagnosed.get(each.blamed) or _usual(run, each.blamed, stages[0] if stages else "")
        found.append(Failure(each, where, "" if mistake in said else mistake, picture))
        said.add(mistake)
    return found


def _where(measurement: Measurement) -> str:
    names = measurement.where
    if len(names) == measurement.compared > 1:
        return f"all {len(names)} that were compared"
    return listed(names, FEW)


def _usual(run: Run, part: str, first: str) -> str:
    """What is most often wrong with a part, without what passed checks rule out.

    Of what an earlier failure may have caused: that it may follow from there.
    """
    if part == "workbook" and first:
        return f"it may follow from {first}: a mistake that the deployment makes already cannot be noticed again"
    if part in STAGES and part != first:
        return f"it may follow from {first}, whose output it is fed"
    passed = {each.check.id for each in run.results if each.passed}
    causes = [each.cause for each in run.policy.hints.get(part, ()) if not each.tested or not passed.issuperset(each.tested)]
    return f"{'; or '.join(causes)}." if causes else ""
