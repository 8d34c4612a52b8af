"""Faults of a run: notebooks that end early or record nothing, policies that allow too much, photos that cannot be read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image

from lib.gate.bench import Bench
from lib.gate.case import CRASHED, Case, Outcome
from lib.policy.policy import STAGE_CHECKS
from lib.run.command import NOTEBOOKS

NOTEBOOK = "04_resize"
_ANYTHING = "".join(f'["{id_}"]\nthreshold = 1e9\n' for id_ in STAGE_CHECKS.values())


def _edited(change: Callable[[NotebookNode], object], *arguments: str) -> Callable[[Bench], Outcome]:
    """A run of one notebook, edited."""

    def run(bench: Bench) -> Outcome:
        folder = bench.folder / "notebooks"
        folder.mkdir()
        notebook = nbformat.read(NOTEBOOKS / f"{NOTEBOOK}.ipynb", as_version=4)
        change(notebook)
        nbformat.write(notebook, folder / f"{NOTEBOOK}.ipynb")
        return bench.command(
            "--photos", str(bench.photos / "coffee.png"), *(arguments or ("--only", NOTEBOOK)), notebooks=folder
        )

    return run


def _last_cell(change: Callable[[str], str]) -> Callable[[Bench], Outcome]:
    def edit(notebook: NotebookNode) -> None:
        notebook.cells[-1].source = change(notebook.cells[-1].source)

    return _edited(edit)


def _inserted(source: str) -> Callable[[Bench], Outcome]:
    return _edited(lambda notebook: notebook.cells.insert(5, nbformat.v4.new_code_cell(source)))


def _without(line: str) -> Callable[[str], str]:
    return lambda source: "\n".join(each for each in source.splitlines() if line not in each)


def _first_record(replacement: str) -> Callable[[str], str]:
    """The first line that records something, with another value in its place."""

    def change(source: str) -> str:
        lines = source.splitlines()
        place = next(i for i, line in enumerate(lines) if line.startswith("checks.record("))
        return "\n".join([*lines[:place], replacement, *lines[place + 1 :]])

    return change


def _policy(text: str, *notebooks: str) -> Callable[[Bench], Outcome]:
    """A run with a policy file, in this process."""

    def run(bench: Bench) -> Outcome:
        path = bench.folder / "policy.toml"
        path.write_text(text, encoding="utf-8")
        return bench.run(notebooks or ("01_export",), policy=str(path))

    return run


def _photo(name: str, data: bytes) -> Callable[[Bench], Outcome]:
    """A run with one more photo in the folder."""

    def run(bench: Bench) -> Outcome:
        folder = bench.folder / "more"
        shutil.copytree(bench.photos, folder)
        (folder / name).write_bytes(data)
        return bench.command("--photos", str(folder), "--only", NOTEBOOK)

    return run


def _against_an_earlier_run(bench: Bench) -> Outcome:
    """The same run twice, a photo made grey in between: the second is held against the first."""
    folder = bench.folder / "more"
    shutil.copytree(bench.photos, folder)
    arguments = ("--photos", str(folder), "--only", NOTEBOOK)
    bench.command(*arguments)
    with Image.open(folder / "coffee.png") as picture:
        picture.convert("L").save(folder / "coffee.png")
    return bench.command(*arguments, "--baseline", str(bench.report))


def _other_weights(bench: Bench) -> Outcome:
    path = bench.folder / "weights.pth"
    path.write_bytes(b"x" * 1000)
    return bench.run(("01_export",), weights=str(path))


def _path(name: str) -> Callable[[Bench], Outcome]:
    def run(bench: Bench) -> Outcome:
        return bench.run(("01_export",), photos=str(Path(bench.folder / name)))

    return run


CASES = (
    Case("run", "a notebook without its last cell", "run", _edited(lambda notebook: notebook.cells.pop())),
    Case("run", "a notebook that leaves in the middle", "run", _inserted("import sys\nsys.exit(0)")),
    Case("run", "a notebook that shows its checks and hands nothing on", "run", _last_cell(lambda source: source + "\nNone")),
    Case("run", "a check that is not recorded", "run", _last_cell(_without("resize.levels"))),
    Case("run", "a notebook of the set left out", "run", _edited(lambda _: None, "--time-limit", "60")),
    Case("run", "a value that is NaN", "resize", _last_cell(_first_record('checks.record("resize.shape", float("nan"), 7)'))),
    Case("run", "a check that compared nothing", "resize", _last_cell(_first_record('checks.record("resize.shape", 0, 0)'))),
    Case(
        "run", "a check skipped that may not be", "resize", _last_cell(_first_record('checks.skip("resize.shape", "no time")'))
    ),
    Case("run", "a check recorded twice", CRASHED, _last_cell(lambda source: source + '\nchecks.record("resize.shape", 0, 7)')),
    Case(
        "run", "a check that the policy does not have", CRASHED, _last_cell(lambda s: s + '\nchecks.record("resize.x", 0, 7)')
    ),
    Case("run", "a cell that raises", CRASHED, _inserted("1 / 0")),
    Case("run", "a kernel that dies", CRASHED, _inserted("import os\nos._exit(0)")),
    Case("policy", "a tolerance that no run can meet", "infer", _policy('["export.logits"]\nthreshold = 1e-12\n')),
    Case("policy", "every stage allowed anything, in 03", "workbook", _policy(_ANYTHING, "03_parity")),
    Case("policy", "every stage allowed anything, in 04", "workbook", _policy(_ANYTHING, "04_resize")),
    Case("policy", "every stage allowed anything, in 05", "workbook", _policy(_ANYTHING, "05_interpolation")),
    Case("policy", "a check that there is none of", "unknown check", _policy('["export.logit"]\nthreshold = 1\n')),
    Case("policy", "a threshold that is NaN", "threshold", _policy('["export.logits"]\nthreshold = nan\n')),
    Case("policy", "a threshold that is text", "threshold", _policy('["export.logits"]\nthreshold = "1e-3"\n')),
    Case("policy", "a threshold that is true", "threshold", _policy('["export.logits"]\nthreshold = true\n')),
    Case("policy", "a severity that there is none of", "severity", _policy('["export.logits"]\nseverity = "info"\n')),
    Case("policy", "a relation turned round", "relation", _policy('["export.logits"]\nrelation = ">="\n')),
    Case("policy", "a file that is no TOML", "TOML", _policy("export.logits = = 1")),
    Case("photos", "a photo that cannot be read", "photos", _photo("broken.jpg", b"no picture")),
    Case("photos", "an empty photo", "photos", _photo("empty.png", b"")),
    Case("photos", "a folder that is not there", "no such file", _path("nowhere")),
    Case("photos", "another photo than in the run it is held against", "baseline", _against_an_earlier_run, ("coffee.png",)),
    Case("weights", "weights with another hash", "SHA-256", _other_weights),
)
