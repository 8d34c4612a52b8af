"""How to measure each number of a verdict's first screen again: what it was in this run, and one command."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from lib.bundle.markdown import code, plain
from lib.deploy.errors import printable
from lib.policy.policy import BASELINE
from lib.report import costs, handed_over
from lib.report.html import Html, content, join, table
from lib.report.risks import risks
from lib.report.run import PACKAGE, Run

PARAMETERS = "parameters.yml"
TEXT = "reproduce.md"
CHECKOUT = "the checkout"
MODELS = ".cache/models"  # where it keeps exported files
FOLDER = f"reports/{PACKAGE}"  # a copy of what is handed over, in a checkout, where git ignores it
ENVIRONMENT = "environment"  # in that folder: the package, with what it requires and nothing else
SAVED = f"reports/{PARAMETERS}"  # where git ignores it: a checkout with uncommitted changes is another one
_OUT = "reports/again"
_RUN = f".venv/bin/python -m lib run --params {SAVED} --out {_OUT}"
_SAID = f"{_OUT}/summary.md"
_DISTANCES = """'"(photos|random_sizes)": [{]$'"""  # where results.json says how far a file is from PyTorch
# Of what could still go wrong: what a notebook told it from, or the line of the package's own `info` that says it.
_TOLD = {"Photos": "probes", "Sizes": "sizes", "Refused": "probes", "Libraries": "libraries"}
_INFO = {"Accuracy": "accuracy", "Preprocessing": "preprocessing"}


@dataclass(frozen=True)
class Again:
    """Something that the first screen says.

    Attributes:
        what: it is about.
        value: what this run said, with its numbers.
        folder: where to call the command: :data:`CHECKOUT`, or :data:`FOLDER` in it.
        command: one line for a shell.
    """

    what: str
    value: str
    folder: str
    command: str


def parameters(run: Run) -> str:
    """The parameters of a run as the YAML file that ``--params`` takes: all that decide what is measured.

    An earlier run that it was held against does not, and by then there may be another in its place.
    """
    deciding = {name: value for name, value in run.facts["parameters"].items() if name != BASELINE}
    text: str = yaml.safe_dump(deciding, sort_keys=False, allow_unicode=True)
    if printable(text, keep="\n") != text:  # YAML has escapes of its own, which stay what they are when they are copied
        text = yaml.safe_dump(deciding, sort_keys=False)
    return text


def first_screen(run: Run) -> list[Again]:
    """Everything that it says, in its order."""
    found = [Again("the verdict", f"{run.verdict.words}. {run.verdict.brief}", CHECKOUT, _RUN)]
    if run.verdict.key == "ship":
        found += _package(run) + _files(run) + _costs(run)
    return found + [_risk(run, about, said) for about, said in risks(run)]


def every(run: Run) -> list[Again]:
    """The first screen, the other files that checks are about, and each notebook."""
    found = first_screen(run)
    said = {each["name"] for each in handed_over.files(run)} if run.verdict.key == "ship" else set()
    wheel = run.told.get("package", {}).get("wheel", {}).get("name")  # it lies nowhere but with a run that says ship
    for name, digest in run.files.items():
        if name not in said and name != wheel:
            file = shlex.quote(f"{MODELS}/{name}")
            found.append(Again(f"{name}: SHA-256", digest, CHECKOUT, f"sha256sum {file}"))
    return found + [Again(f"{page.name}: {page.title}", run.answers[page.name], CHECKOUT, _of(page.name)) for page in run.pages]


def commands(run: Run) -> Html:
    """One row a number, a table for each folder to be in."""
    return join(*(_table(folder, found) for folder, found in _by_folder(run).items() if found))


def _table(folder: str, found: list[Again]) -> Html:
    rows = [(each.what, each.value, Html(f"<code>{content(each.command)}</code>")) for each in found]
    return table(("what", "in this run", "command"), rows, caption=f"One command each, in {folder}")


def _by_folder(run: Run) -> dict[str, list[Again]]:
    found = every(run)
    return {folder: [each for each in found if each.folder == folder] for folder in (FOLDER, CHECKOUT)}


def markdown(run: Run) -> str:
    """The same as a text to lie beside the package."""
    git = run.facts["git"]
    commit = git["commit"] or "unknown"
    changed = ", with changes that were not committed" if git["clean"] is False else ""
    wheel = shlex.quote(run.package["wheel"]["name"])
    saved = f"mkdir -p reports && cat > {SAVED} <<'END'\n{parameters(run)}END"
    shown = _by_folder(run)
    lines = [
        "# Measure it again",
        "",
        "Each number of the report's first screen, as this run had it, with one command that gives it again. Times and memory "
        "are those of one machine, and differ on another; so may the last digits of differences.",
        "",
        f"All of it happens in a checkout of the workbook at commit {plain(commit)}{changed}, in which `make report` was "
        f"called once. Copy this folder there as `{FOLDER}`, and save the parameters of the run; what lay elsewhere than in "
        "the folder it was started from has only its last name there:",
        "",
        code(saved),
        "",
        f"## In `{FOLDER}`, the copy of this folder",
        "",
        "A fresh environment with the package, from the wheels that lie in the checkout; nothing is downloaded:",
        "",
        code(_environment(run, f"--no-index --find-links ../../.venv/wheels {wheel}")),
        "",
        "Where there is no checkout, pip downloads what the package requires, and this folder may lie anywhere:",
        "",
        code(_environment(run, wheel)),
        *_listed(shown[FOLDER]),
        "",
        "## In the checkout",
        "",
        f"A run of notebooks replaces `{_OUT}`.",
        *_listed(shown[CHECKOUT]),
    ]
    return "\n".join(lines) + "\n"


def _environment(run: Run, what: str) -> str:
    python = run.package["python"].removeprefix("==").removesuffix(".*")
    return f"python{python} -m venv --clear {ENVIRONMENT}\n{ENVIRONMENT}/bin/python -m pip install {what}"


def _listed(found: list[Again]) -> list[str]:
    return [line for each in found for line in ("", f"**{plain(each.what)}**: {plain(each.value)}", "", code(each.command))]


def _of(notebook: str, grep: str = "") -> str:
    """A run of one notebook, of the whole set where there is none, and what of its summary says the number."""
    command = f"{_RUN} --only {notebook}" if notebook else _RUN
    return f"{command} && grep -F {shlex.quote(grep)} {_SAID}" if grep else command


def _teller(run: Run, name: str) -> str:
    """The notebook that told something; empty where none did."""
    return next((page.name for page in run.pages if name in page.record.told), "")


def _package(run: Run) -> list[Again]:
    """The wheel itself; where there is none, what is to be installed in its place."""
    package, install = run.package, "; ".join(handed_over.install(run))
    if not package:
        return [Again("what to install", install, CHECKOUT, _of(""))] if install else []
    wheel, called = handed_over.files(run)[0], f"{ENVIRONMENT}/bin/{package['name']}"
    requires = f"Python {package['python']}; {', '.join(package['requires'])}"
    return [
        Again("what to install, and call", install, FOLDER, f"{called} selftest"),
        Again("what the wheel requires", requires, FOLDER, f"{called} info | grep '^requires'"),
        Again("the wheel", wheel["why"], CHECKOUT, _of(_teller(run, "package"), "pictures not seen before")),
    ]


def _files(run: Run) -> list[Again]:
    """Size and SHA-256 of each file, and how far it is from PyTorch."""
    package, found = run.package, []
    for each in handed_over.files(run):
        folder, name = (FOLDER, each["name"]) if package else (CHECKOUT, f"{MODELS}/{each['name']}")
        file, called = shlex.quote(name), each["called"] or each["name"]
        found.append(Again(f"{called}: size", f"{each['size']}, {each['bytes']} bytes", folder, f"wc -c {file}"))
        found.append(Again(f"{called}: SHA-256", each["sha256"], folder, f"sha256sum {file}"))
        if not package or each["name"] != package["wheel"]["name"]:
            command = f"{_of(_teller(run, 'files'))} && grep -E -A 6 {_DISTANCES} {_OUT}/results.json"
            found.append(Again(f"{called}: how far it is from PyTorch", each["why"], CHECKOUT, command))
    return found


def _costs(run: Run) -> list[Again]:
    """Each cost of both, and under which conditions they were measured."""
    told = handed_over.costs(run)
    rows = costs.rows(told)
    if not rows:
        return []
    package = run.package
    notebook = _teller(run, "package" if package else "costs")
    found = [Again("what it buys, all at once", costs.conditions(told), CHECKOUT, _of(notebook))]
    ours, theirs = told["shipped"]["name"], told["pytorch"]["name"]
    for label, shipped, pytorch, ratio in rows:
        for name, value, of in ((ours, f"{shipped}, {ratio} of PyTorch's", "package"), (theirs, pytorch, "pytorch")):
            command = _cost(package, label, of) if package else _of(notebook)
            found.append(Again(f"{label}, {name}", value, CHECKOUT, command))
    return found


def _cost(package: Mapping[str, Any], label: str, of: str) -> str:
    command = f".venv/bin/python -m lib.studies.handoff.again --params {SAVED}"
    if of == "package":
        command += " --wheel " + shlex.quote(f"{FOLDER}/{package['wheel']['name']}")
    return f"{command} | grep {shlex.quote(f'^{label}')}"


def _risk(run: Run, about: str, said: str) -> Again:
    if about in _INFO and (package := run.package):
        return Again(about, said, FOLDER, f"{ENVIRONMENT}/bin/{package['name']} info | grep '^{_INFO[about]}'")
    return Again(about, printable(said), CHECKOUT, _of(_teller(run, _TOLD.get(about, "")), f"**{about}:**"))
