"""Where cases are tried: a folder, a few photos, and the ways to plant something and to run notebooks on it."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import onnx
from onnx import ModelProto

from lib import handoff, policy
from lib.deploy import BadInput
from lib.export import end_to_end, exporter
from lib.gate.case import CRASHED, REFUSED, SHIPS, STOPS, Outcome
from lib.gate.notebook import executed
from lib.inputs import parameters, photos, subject
from lib.inputs.subject import Subject
from lib.policy import Policy, Record
from lib.report import pages
from lib.report.output_style import without_styles
from lib.report.run import Page, Run, of_itself
from lib.run import provenance
from lib.run.command import NOTEBOOKS, main
from lib.run.exit_codes import CHECK_FAILED, SHIP, WRONG_USE

PHOTOS = ("coffee.png", "grace_hopper.jpg")  # a PNG and a JPEG, lying and upright
TIME_LIMIT = 600  # seconds that a run in a process of its own may take
STARTED = "2026-01-02T03:04:05+00:00"  # what reports say
SIZES = 12  # random sizes of the end-to-end file


@dataclass(frozen=True)
class Bench:
    """One place for cases; each leaves it as it was.

    Attributes:
        folder: an empty one, for files that are planted.
        photos: a folder with :data:`PHOTOS`.
        seed: for everything that is drawn at random.
        draws: how many times as many files as in a default run are drawn.
    """

    folder: Path
    photos: Path
    seed: int
    draws: int = 1

    @classmethod
    def at(cls, folder: Path, seed: int, draws: int = 1) -> Bench:
        """A bench in an empty folder."""
        taken = folder / "photos"
        taken.mkdir(parents=True)
        for photo in photos.load().readable:
            if photo.name in PHOTOS:
                (taken / photo.name).write_bytes(photo.data)
        return cls(folder, taken, seed, draws)

    def run(self, notebooks: Sequence[str], notebook_folder: Path = NOTEBOOKS, **given: Any) -> Outcome:
        """Run some notebooks in this process, with their pictures and the report that is made of them.

        Args:
            notebooks: their names.
            notebook_folder: where they are.
            given: parameters that differ from the notebooks' own.
        """
        values: dict[str, Any] = {
            "photos": str(self.photos),
            "random_sizes": SIZES,
            "sizes_seed": self.seed,
            "draws": self.draws,
        } | given
        try:
            rules = policy.load(values.get("policy", ""))
            executed = [self._page(notebook_folder / f"{name}.ipynb", values) for name in notebooks]
            found = self._reported(executed, rules, values)
        except BadInput as error:
            return Outcome(REFUSED, said=str(error))
        except Exception as error:  # whatever it is, it should have been said in a line
            return Outcome(CRASHED, said=f"{type(error).__name__}: {error}")
        failed = tuple(each.check.id for each in found.results if each.failed)
        ended = STOPS if found.verdict.key == "do not ship" else SHIPS
        return Outcome(ended, found.verdict.blamed, failed, found.verdict.sentence)

    def _page(self, path: Path, values: Mapping[str, Any]) -> Page:
        known = parameters.of_notebook(path)
        notebook = executed(path, {name: value for name, value in values.items() if name in known})
        without_styles(notebook)
        return Page(path.stem, notebook, Record.in_notebook(notebook), 1.0)

    def _reported(self, executed: Sequence[Page], rules: Policy, values: dict[str, Any]) -> Run:
        """The run of these pages, its report written as a person's is."""
        about = handoff.load(values.get("subject", subject.DEFAULT), values["photos"], weights_path=values.get("weights", ""))
        shown = parameters.shown(parameters.SHARED | {"deployment": about.deployment_name} | values)
        facts = provenance.facts(about, shown) | {"started": STARTED, "seconds": 1.0}
        found = Run(executed, of_itself(facts), rules, facts, complete=False)
        self.report.mkdir()
        pages.write(found, self.report)
        return found

    def deployed(self, name: str, notebooks: Sequence[str] = ("11_robustness",), **given: Any) -> Outcome:
        """Run with a deployment, ``package.module:attribute``."""
        return self.run(notebooks, deployment=name, **given)

    def with_network(
        self, change: Callable[[ModelProto], None], notebooks: Sequence[str] = ("01_export",), **given: Any
    ) -> Outcome:
        """Run with a change made to the exported network, as if the export had written it so."""
        return self.with_file(lambda path: _rewritten(path, change), notebooks, **given)

    def with_file(self, change: Callable[[Path], object], notebooks: Sequence[str] = ("01_export",), **given: Any) -> Outcome:
        """Run with a change made to a copy of the default subject's exported file."""
        original = exporter.exported

        def planted(chosen: Subject, *arguments: Any) -> Path:
            path = original(chosen, *arguments)
            return self._copy(path, change) if chosen.name == subject.DEFAULT else path

        with patch.object(exporter, "exported", planted):
            return self.run(notebooks, **given)

    def with_end_to_end(self, change: Callable[[ModelProto], None], **given: Any) -> Outcome:
        """Run 01_export with a change made to the end-to-end file."""
        original = end_to_end.written

        def planted(*arguments: Any) -> Path:
            return self._copy(original(*arguments), lambda path: _rewritten(path, change))

        with patch("lib.studies.export.end_to_end.written", planted):
            return self.run(("01_export",), **given)

    def command(self, *arguments: str, notebooks: Path = NOTEBOOKS) -> Outcome:
        """``python -m lib run`` in this process, the notebooks with their kernels in others."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["run", "--out", str(self.report), *arguments], notebooks)
        return self._of_code(code, err.getvalue())

    def process(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        through: Sequence[str] = (),
    ) -> Outcome:
        """``python -m lib run`` in a process of its own, in another environment or folder, or through another program."""
        command = [*through, sys.executable, "-m", "lib", "run", "--out", str(self.report), *arguments]
        ran = subprocess.run(command, env=environment, cwd=folder, capture_output=True, encoding="utf-8", timeout=TIME_LIMIT)
        return self._of_code(ran.returncode, ran.stderr)

    @property
    def report(self) -> Path:
        """Where reports go."""
        return self.folder / "report"

    def _of_code(self, code: int, said: str) -> Outcome:
        ended = {SHIP: SHIPS, CHECK_FAILED: STOPS, WRONG_USE: REFUSED}.get(code, CRASHED)
        if ended not in (SHIPS, STOPS):
            return Outcome(ended, said=said)
        results = json.loads((self.report / "results.json").read_text(encoding="utf-8"))
        failed = [
            each["id"]
            for each in results["checks"]
            if each["severity"] == "error" and not each["passed"] and not each["skipped"]
        ]
        return Outcome(ended, tuple(results["blamed"]), tuple(failed), (self.report / "summary.md").read_text(encoding="utf-8"))

    def _copy(self, path: Path, change: Callable[[Path], object]) -> Path:
        """A changed copy, made once for each case: notebooks ask for the file again and again."""
        copy = self.folder / f"planted-{path.name}"
        if not copy.exists():
            copy.write_bytes(path.read_bytes())
            change(copy)
        return copy

    @contextlib.contextmanager
    def cleared(self) -> Iterator[None]:
        """Remove what a case left in the folder."""
        try:
            yield
        finally:
            for path in self.folder.iterdir():
                if path != self.photos:
                    _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink()


def _rewritten(path: Path, change: Callable[[ModelProto], None]) -> None:
    model = onnx.load(path)
    change(model)
    onnx.save(model, path)
