"""What a package costs, or eager PyTorch, measured again: ``python -m lib.studies.handoff.again --help``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from lib import handoff
from lib.bundle import versions, wheels
from lib.bundle.environment import fresh
from lib.cache import ROOT
from lib.deploy import BadInput
from lib.inputs import parameters
from lib.inputs.reading import absolute
from lib.report.costs import QUANTITIES
from lib.studies.handoff.costs import Cost, of_package, of_pytorch
from lib.studies.handoff.unseen import written

NOTEBOOKS = ROOT / "notebooks"
NOTEBOOK = "10_handoff"
WRONG_USE = 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message}; see '{self.prog} --help'")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m lib.studies.handoff.again",
        description="Measure what it costs to answer a run's first photo, in a package or, without --wheel, in eager PyTorch.",
    )
    parser.add_argument("--params", metavar="FILE.yml", type=Path, help="the parameters of the run (default: none)")
    parser.add_argument("--wheel", metavar="FILE.whl", type=Path, help="the package, which is installed where nothing else is")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one line a quantity; the exit code.

    Args:
        arguments: the command line without the program's name; None takes the process's own.
    """
    try:
        options = _parser().parse_args(arguments)
        found = _measured(options.params, options.wheel).as_json("")
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_USE
    for label, key, shown in QUANTITIES:
        if found[key]:
            print(f"{label:<14}{shown(found[key])}")
    return 0


def _measured(params: Path | None, wheel: Path | None) -> Cost:
    given = parameters.absolute(parameters.read(params)) if params else {}
    known = {path.stem: parameters.of_notebook(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    chosen: dict[str, Any] = parameters.SHARED | known[NOTEBOOK] | parameters.checked(given, known)
    about = handoff.load(
        chosen["subject"], chosen["photos"], chosen["deployment"], chosen["weights"], chosen["exporter"], chosen["opset"]
    )
    photo = about.photos.readable[0]
    with tempfile.TemporaryDirectory() as folder:
        path = written({photo.name: photo.data}, Path(folder))[0]
        return of_pytorch(about, path, chosen["rounds"]) if wheel is None else _of(wheel, path, chosen["rounds"])


def _of(wheel: Path, photo: Path, rounds: int) -> Cost:
    place = absolute(str(wheel), "wheel")
    try:
        name, *_ = parse_wheel_filename(place.name)
    except InvalidWheelFilename:
        raise BadInput(f"wheel {wheel}: is not named as a wheel is") from None
    if not place.is_file():
        raise BadInput(f"wheel {wheel}: no such file")
    wheels.require(versions.INSTALLED)
    with fresh(place, str(name), versions.sets(versions.INSTALLED)[-1]) as there:
        return of_package(there, photo, rounds)


if __name__ == "__main__":
    sys.exit(main())
