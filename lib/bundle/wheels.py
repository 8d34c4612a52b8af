"""The wheels that fresh environments are made from, put aside when the workbook is installed, so that a run downloads nothing.

``python -m lib.bundle.wheels [installed|all]`` does that.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from lib.bundle import versions
from lib.cache import ROOT
from lib.deploy import BadInput

FOLDER = Path(sys.prefix) / "wheels"
CONSTRAINTS = ROOT / "constraints.txt"


def put_aside(which: str) -> None:
    """Download what is not there yet.

    Raises:
        BadInput: pip cannot; or ``which`` is none of :data:`lib.bundle.versions.CHOICES`.
    """
    for each in [*versions.sets(which), versions.of_service()]:
        if missing(each):
            lines = [f"{name}=={version}" for name, version in each.items()]
            with tempfile.TemporaryDirectory() as folder:
                # what they require in turn is as the workbook has it
                bound = Path(folder) / "constraints.txt"
                every = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
                bound.write_text("\n".join(line for line in every if line.partition("==")[0] not in each), encoding="utf-8")
                options = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--dest", str(FOLDER)]
                command = [sys.executable, "-m", "pip", "download", *options, "-c", str(bound), *lines]
                ran = subprocess.run(command)
            if ran.returncode:
                raise BadInput(f"wheels of {', '.join(lines)} cannot be had: pip ended with code {ran.returncode}")


def missing(versions: Mapping[str, str]) -> list[str]:
    """Which of a set of versions has not been put aside, as ``numpy 2.4.6``."""
    names = set(map(_parsed, FOLDER.glob("*.whl")))
    return [f"{name} {version}" for name, version in versions.items() if (name, version) not in names]


def require(which: str) -> None:
    """Let pass where all that is needed has been put aside.

    Raises:
        BadInput: something is missing; or ``which`` is none of :data:`lib.bundle.versions.CHOICES`.
    """
    for each in [*versions.sets(which), versions.of_service()]:
        if lacks := missing(each):
            command = f".venv/bin/python -m lib.bundle.wheels {which}"
            raise BadInput(f"no wheel of {', '.join(lacks)} was put aside for a fresh environment; call {command}")


def _parsed(path: Path) -> tuple[str, str]:
    """Name and version, by the file's own name; empty where it is none of a wheel."""
    try:
        name, version, *_ = parse_wheel_filename(path.name)
    except InvalidWheelFilename:
        return "", ""
    return str(name), str(version)


def main(arguments: list[str]) -> int:
    """Put aside; the exit code."""
    try:
        put_aside(arguments[0] if arguments else versions.INSTALLED)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
