"""What could still go wrong though a run says ship: what it looked at, what it did not, and what was skipped."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lib.deploy.errors import printable
from lib.numbers import counted, enumerated
from lib.policy.results import listed
from lib.report.run import SWEPT, Run

FEW = 4  # names that one of these sentences gives


def risks(run: Run) -> list[tuple[str, str]]:
    """Each with what it is about and a sentence or two, from this run alone; a thing that was not measured says so."""
    told = run.told
    found = [
        ("Photos", _photos(run)),
        ("Accuracy", _accuracy(run)),
        ("Preprocessing", _contract(run)),
        ("Sizes", _sizes(run, told.get("sizes"))),
        ("Refused", _refused(told.get("probes"))),
        ("Libraries", _libraries(told.get("libraries"))),
        ("Skipped", _skipped(run)),
        ("Changed", _changed(run)),
        ("Processor", _processor(run)),
    ]
    return [(about, said) for about, said in found if said]


def _photos(run: Run) -> str:
    kinds = Counter(photo["kind"] for photo in run.readable)
    named = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    looked = [f"{len(run.readable)} ({named})"] * bool(run.readable)
    swept, probes = run.told.get(SWEPT), run.told.get("probes")
    if swept and not swept["cropped"]:
        looked.append(f"{counted(swept['photos'], 'photo')} of the swept folder")
    if probes:
        looked.append(counted(probes["tried"], "made picture"))
    if run.told.get("package"):
        looked.append("those that the package alone is tried on")
    said = f"{enumerated(looked) or 'none'}; no others."
    if swept and swept["cropped"]:
        crops = counted(swept["photos"], "crop")
        said += f" What mistakes cost was measured on {crops} of the photos: not how often on your photos."
    return said


def _accuracy(run: Run) -> str:
    if not run.facts["subject"]["claims_accuracy"]:
        return "not claimed: the weights are a stand-in, and their answers mean nothing."
    return "not measured; the answers are PyTorch's." if run.verdict.key == "ship" else "not measured."


def _contract(run: Run) -> str:
    source = run.facts["subject"]["preprocessing_source"]
    return source or "the subject file does not say where its preprocessing is from. If it is wrong, both pipelines are."


def _processor(run: Run) -> str:
    machine = run.facts["machine"]
    return f"{machine['processor']}, {counted(machine['cores'], 'core')}, {machine['system'].split('-')[0]}."


def _sizes(run: Run, told: dict[str, Any] | None) -> str:
    if not told:
        return "not tried in this run."
    off = "".join(f", {told[key]} of them {key}" for key in ("refused", "wrong") if told[key])
    beyond = told["photos"] if _refuses(run, told) else "others were not tried"
    return f"{told['tried']} from {told['least']} to {told['most']} px{off}; {beyond}."


def _refuses(run: Run, told: dict[str, Any]) -> bool:
    """Whether all sizes just outside were refused, by the deployment that is handed over."""
    return run.ours and told["outside"]["refused"] == told["outside"]["tried"]


def _refused(told: dict[str, Any] | None) -> str:
    if not told:
        return "made pictures were not tried in this run."
    if not told["refused"]:
        return "no picture that has a right answer."
    return f"{counted(len(told['refused']), 'made picture')} with a right answer: {_few(told['refused'])}."


def _libraries(told: dict[str, Any] | None) -> str:
    if not told:
        return "not tried in this run."
    classes = [each["name"] for each in told["wrong"] if each["other_classes"]]
    numbers = [each["name"] for each in told["wrong"] if not each["other_classes"]]
    missing = [each["name"] for each in told["missing"]]
    said = [f"other classes from {printable('; '.join(classes))}."] * bool(classes)
    said += [f"Other numbers from {printable('; '.join(numbers))}."] * bool(numbers)
    said = said or ["all that were tried answer as PyTorch does."]
    return " ".join(said + [f"No answer from {_few(missing)}."] * bool(missing))


def _skipped(run: Run) -> str:
    """What a reader might take for passed."""
    said = [f"{each.check.id} ({each.unmeasured})" for each in run.results if each.unmeasured]
    left_out = run.facts["photos"]["unreadable"]
    parts = [f"{counted(len(said), 'check')}: {_few(said)}"] * bool(said)
    names = [each["name"] for each in left_out]
    parts += [f"{counted(len(names), 'photo')} left out: {_few(names)}"] * bool(names)
    if not run.complete:
        parts.append("all notebooks but " + ", ".join(page.name for page in run.pages))
    return f"{'; '.join(parts)}." if parts else "nothing: every check was measured."


def _changed(run: Run) -> str:
    fields = Counter(each.field for each in run.policy.changes)
    kinds = [counted(fields["threshold"], "threshold")] * bool(fields["threshold"])
    kinds += [f"{fields['severity']} made a warning or an error"] * bool(fields["severity"])
    parts = [f"{' and '.join(kinds)}, by the policy file"] * bool(kinds)
    parts += ["the code, by uncommitted changes"] * (run.facts["git"]["clean"] is False)
    parts += [f"{each.check.id} only warned" for each in run.results if each.warned]
    return f"{'; '.join(parts)}." if parts else ""


def _few(names: list[str]) -> str:
    return printable(listed(names, FEW))
