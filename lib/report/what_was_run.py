"""Tables of what a run was made of: subject, machine, parameters, versions, photos, and what its policy changed."""

from __future__ import annotations

from lib.inputs.reading import sha256
from lib.numbers import counted
from lib.policy import Policy
from lib.policy.results import with_unit
from lib.report.html import Html, folded, table
from lib.report.run import RESULTS, Run


def tables(run: Run) -> list[Html]:
    """All of it."""
    facts = run.facts
    subject, git = facts["subject"], facts["git"]
    tree = {True: "clean", False: "with uncommitted changes", None: ""}[git["clean"]]
    story, told = facts["story"], []
    if story["name"] != subject["name"]:
        digests = f"subject file SHA-256 {story['sha256']}, weights SHA-256 {story['weights_sha256']}"
        told = [("swish story", f"{story['name']}, {digests}")]
    parameters = [(name, str(value) or "not given") for name, value in facts["parameters"].items()]
    made = [
        ("subject", f"{subject['name']}: {subject['about']}"),
        ("subject file", f"SHA-256 {subject['sha256']}"),
        ("weights", f"{subject['weights']}, SHA-256 {subject['weights_sha256']}"),
        *told,
        *((name, f"SHA-256 {digest}") for name, digest in run.files.items()),
        (RESULTS, f"SHA-256 {sha256(run.to_json().encode())}"),
        ("machine", f"{facts['machine']['processor']}, {facts['machine']['cores']} cores, {facts['machine']['system']}"),
        ("time", f"{facts['started']}, {facts['seconds']:.0f} s"),
        ("commit", f"{git['commit']} {tree}" if git["commit"] else "not a git checkout"),
    ]
    photos = [(p["name"], f"{p['size'][0]} × {p['size'][1]}", p["kind"], p["sha256"][:16] + "…") for p in run.readable]
    return [
        table(("of", "what"), made, caption="The run"),
        table(("parameter", "value"), parameters, caption="Parameters"),
        table(("package", "version"), list(facts["versions"].items()), caption="Versions"),
        *([folded(counted(len(photos), "photo"), table(("photo", "pixels", "kind", "SHA-256"), photos))] if photos else []),
    ]


def changes(policy: Policy) -> Html:
    """What the policy file of this run changed."""
    headers = ("check", "what", "built in", "in this run", "why")
    return table(headers, change_rows(policy), caption="Changed by the policy file of this run")


def change_rows(policy: Policy) -> list[tuple[str, ...]]:
    """One row a change: check, field, value before, value in this run, why."""

    def shown(value: float | str, unit: str) -> str:
        return value if isinstance(value, str) else with_unit(value, unit)

    return [
        (
            f"{each.check.id}: {each.check.says}",
            each.field,
            shown(each.before, each.check.unit),
            shown(each.after, each.check.unit),
            each.why or "—",
        )
        for each in policy.changes
    ]


def left_out(run: Run) -> Html:
    """The files that could not be read as photos, each with its reason."""
    rows = [(photo["name"], photo["reason"]) for photo in run.facts["photos"]["unreadable"]]
    return table(("photo", "reason"), rows, caption="Left out of every comparison")
