"""A fresh environment with one wheel and what it requires, from wheels that were put aside: nothing is downloaded."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lib.bundle import wheels
from lib.deploy import BadInput
from lib.guarded.lifeline import lifeline

TIME_LIMIT = 600  # seconds that one command there may take


@dataclass(frozen=True)
class Environment:
    """One that has only a package and what it requires.

    Attributes:
        folder: where it is.
        package: the name of the package, as pip knows it.
    """

    folder: Path
    package: str

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def command(self) -> Path:
        """The package's own command."""
        return self.folder / "bin" / self.package

    @property
    def site(self) -> Path:
        """The folder that holds what was installed."""
        return self.folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"

    @property
    def size(self) -> int:
        """Bytes of all that was installed, without the interpreter."""
        return sum(path.stat().st_size for path in self.site.rglob("*") if path.is_file())

    def run(
        self, *command: str, path: str = "", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there, outside of the workbook's folder and without what it is told by variables for Python.

        Args:
            command: the program and its arguments.
            path: a folder to import from besides, or empty.
            variables: all of its environment; None takes this process's.
        """
        if variables is None:
            variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        with tempfile.TemporaryDirectory() as elsewhere, lifeline() as stdin:
            return subprocess.run(
                command,
                cwd=elsewhere,
                env={**variables, **({"PYTHONPATH": path} if path else {})},
                stdin=stdin,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=TIME_LIMIT,
            )


@contextmanager
def fresh(wheel: Path, package: str, versions: Mapping[str, str]) -> Iterator[Environment]:
    """Make an environment, install the wheel there and nothing that it does not require; it is gone afterwards.

    Args:
        wheel: the file.
        package: its name, as pip knows it.
        versions: of libraries, among those that the wheel allows.

    Raises:
        BadInput: pip cannot install it; the line says why.
    """
    with tempfile.TemporaryDirectory() as scratch:
        made = Environment(Path(scratch) / "environment", package)
        venv.create(made.folder, symlinks=True)
        options = ["--quiet", "--disable-pip-version-check", "--no-index", "--find-links", str(wheels.FOLDER)]
        pins = Path(scratch) / "pins.txt"
        pins.write_text("".join(f"{name}=={version}\n" for name, version in versions.items()), encoding="utf-8")
        _pip(made, "install", *options, "--constraint", str(pins), str(wheel))
        yield made


def _pip(made: Environment, *arguments: str) -> None:
    ran = made.run(sys.executable, "-m", "pip", "--python", str(made.python), *arguments)
    if ran.returncode:
        lines = [line for line in ran.stderr.splitlines() if line.startswith("ERROR")] or ran.stderr.splitlines()
        raise BadInput(
            f"{arguments[-1]} cannot be installed: {lines[0].removeprefix('ERROR: ') if lines else 'pip says nothing'}"
        )
