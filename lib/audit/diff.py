"""What changed from one run to another: outcomes, numbers, thresholds, files, parameters, versions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lib.audit.difference import KINDS, Difference, Value
from lib.audit.results import Results, Row
from lib.deploy import BadInput
from lib.deploy.errors import printable
from lib.inputs.parameters import DRAWN_ANEW
from lib.numbers import counted
from lib.policy import Policy
from lib.policy.policy import BASELINE, RUN

KEY = re.compile(r"-[0-9a-f]{8,}(?=[-.])")  # in an exported file's name: of what it was made from
# A wheel's name and bytes say when its run began, so that they are others in every run. The files in it are held by themselves.
WHEEL = ".whl"


@dataclass(frozen=True)
class Diff:
    """Two runs and what they differ by.

    Attributes:
        before: the earlier run, without what the later one did not look at.
        after: the later run, without what the earlier one did not look at.
        differences: in the order of :data:`KINDS`.
    """

    before: Results
    after: Results
    differences: tuple[Difference, ...]

    @property
    def changed(self) -> bool:
        """Whether anything that counts did."""
        return any(each.counts for each in self.differences)

    @property
    def shared(self) -> list[tuple[Row, Row]]:
        """The checks that both runs have, before and after."""
        return [(row, self.after.checks[id_]) for id_, row in self.before.checks.items() if id_ in self.after.checks]

    def of(self, *kinds: str) -> list[Difference]:
        """The differences of some kinds."""
        return [each for each in self.differences if each.kind in kinds]

    @property
    def summary(self) -> str:
        """All that counts, in a sentence."""
        if not self.changed:
            looked = [counted(len(self.shared), "check"), counted(len(files(self.before)), "file") + " and photos"]
            looked += [counted(len(given(self.before)), "parameter"), counted(len(self.before.versions), "version")]
            return f"Nothing changed: {', '.join(looked)}."
        found = {kind: len(self.of(name)) for name, kind in KINDS.items() if kind.counts}
        return ", ".join(f"{count} {kind.one if count == 1 else kind.many}" for kind, count in found.items() if count) + "."

    @property
    def lines(self) -> list[str]:
        """For a terminal: the two runs, the differences by kind, what counts first, and the summary last."""
        runs = {"before": self.before, "after": self.after}
        said = [f"{when}: {run.verdict}, {run.subject.name}, {run.started}, {run.seconds:.0f} s" for when, run in runs.items()]
        if not (self.before.complete and self.after.complete):
            said.append(f"Only what both ran is compared: {', '.join(self.after.notebooks)}.")
        for name, kind in KINDS.items():
            found = self.of(name)
            if found:
                said += ["", f"{kind.heading}{'' if kind.counts else ' (shown, does not count)'}:"]
                said += [f"  {each.line}" for each in found]
        return [printable(each) for each in [*said, "", self.summary]]

    def as_json(self) -> dict[str, Any]:
        """Everything, as JSON types."""
        return {
            "changed": self.changed,
            "summary": self.summary,
            "before": _in_short(self.before),
            "after": _in_short(self.after),
            "differences": [each.as_json() for each in self.differences],
        }


def between(before: Results, after: Results, policy: Policy) -> Diff:
    """Hold two runs against each other.

    Where one of them ran only some notebooks, only what both ran is compared. What a run recorded on yet another run is not.

    Args:
        before: the earlier run.
        after: the later run.
        policy: says how far the value of each check may move.

    Raises:
        BadInput: they have no notebook in common.
    """
    before, after = _without_baseline(before), _without_baseline(after)
    if not (before.complete and after.complete):
        before, after = _narrowed(before, after), _narrowed(after, before)
        if not after.notebooks:
            raise BadInput("the two runs have no notebook in common; compare runs of the same notebooks")
    found = [*_checks(before, after, policy), *_facts(before, after)]
    order = list(KINDS)
    return Diff(before, after, tuple(sorted(found, key=lambda each: order.index(each.kind))))


def files(run: Results) -> dict[str, str]:
    """SHA-256 of everything that a run read or made, its wheel aside, by a name that stays from run to run."""
    named: dict[str, str] = {}
    for name, digest in run.files.items():
        if name.endswith(WHEEL):
            continue
        known = KEY.sub("", name)  # exported again by other code, the same file has another name
        named[name if known in named else known] = digest
    made_of = {"subject file": run.subject.sha256, "weights": run.subject.weights_sha256}
    if run.story.name != run.subject.name:
        made_of |= {"swish story's subject file": run.story.sha256, "swish story's weights": run.story.weights_sha256}
    return made_of | named | {f"photo {name}": digest for name, digest in run.photos.items()}


def given(run: Results) -> dict[str, Value]:
    """The parameters of a run, without the seed that is to be another in every run."""
    return {name: value for name, value in run.parameters.items() if name != DRAWN_ANEW}


def _in_short(run: Results) -> dict[str, str | float]:
    return {"verdict": run.verdict, "subject": run.subject.name, "started": run.started, "seconds": run.seconds}


def _without_baseline(run: Results) -> Results:
    return replace(
        run,
        checks={id_: row for id_, row in run.checks.items() if row.notebook != BASELINE},
        parameters={name: value for name, value in run.parameters.items() if name != BASELINE},
    )


def _narrowed(run: Results, other: Results) -> Results:
    """A run without what the other did not look at."""
    notebooks = [name for name in run.notebooks if name in other.notebooks]
    return replace(
        run,
        notebooks=notebooks,
        checks={id_: row for id_, row in run.checks.items() if row.notebook in (RUN, *notebooks)},
        parameters={name: value for name, value in run.parameters.items() if name in other.parameters},
        files={name: run.files[name] for name in run.files if KEY.sub("", name) in {KEY.sub("", each) for each in other.files}},
    )


def _checks(before: Results, after: Results, policy: Policy) -> Iterator[Difference]:
    for id_, row in before.checks.items():
        if id_ in after.checks:
            yield from _check(row, after.checks[id_], policy)
        else:
            yield Difference("gone", id_, row.outcome, None)
    for id_, row in after.checks.items():
        if id_ not in before.checks:
            yield Difference("new", id_, None, row.outcome)


def _check(before: Row, after: Row, policy: Policy) -> Iterator[Difference]:
    id_ = after.id
    if before.outcome != after.outcome:
        yield Difference("outcome", f"{id_} ({after.says})", before.outcome, after.outcome)
    allowed = policy.may_move(id_, after.threshold)
    if _moved(before, after, allowed):
        yield Difference("number", id_, before.measured, after.measured, unit=after.unit, may_move=allowed)
    if before.threshold != after.threshold:
        yield Difference("threshold", id_, before.threshold, after.threshold, unit=after.unit)
    for field in ("relation", "unit", "severity"):
        if getattr(before, field) != getattr(after, field):
            yield Difference("threshold", id_, getattr(before, field) or "none", getattr(after, field) or "none", field)
    if before.compared != after.compared:
        yield Difference("compared", id_, before.compared, after.compared)


def _moved(before: Row, after: Row, allowed: float) -> bool:
    """Whether a value is another; one that is not there any more is a change of the outcome, where it has changed that."""
    old, new = before.measured, after.measured
    if old is None or new is None:
        return old is not new and before.outcome == after.outcome
    if old == new or (math.isnan(old) and math.isnan(new)):
        return False
    return not abs(new - old) <= allowed  # a NaN on one side is no distance


def _facts(before: Results, after: Results) -> Iterator[Difference]:
    yield from _named("file", files(before), files(after))
    yield from _named("parameter", given(before), given(after))
    yield from _named("version", before.versions, after.versions)
    yield from _named("run", _told(before), _told(after))


def _told(run: Results) -> dict[str, Value]:
    """What is shown and does not count."""
    clean = {True: "", False: " with uncommitted changes", None: ""}[run.git.clean]
    return {
        "system": run.machine.system,
        "processor": run.machine.processor,
        "cores": run.machine.cores,
        "commit": f"{run.git.commit or 'not known'}{clean}",
        DRAWN_ANEW: run.parameters.get(DRAWN_ANEW),
        "wheel": next((name for name in run.files if name.endswith(WHEEL)), None),
    }


def _named(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old != new:
            yield Difference(kind, name, old, new)
