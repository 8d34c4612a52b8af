"""The command of a package: ``predict``, ``selftest`` and ``info``."""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import NoReturn

from . import package, photo_files, photo_memory
from .classifier import Classifier
from .errors import BadInput, BadPhoto, any_terminal, printable
from .manifest import Manifest

GOOD, NOT_ALL, WRONG_USE, INTERRUPTED = 0, 1, 2, 130

_EPILOG = """\
exit codes:
  0    everything was answered, or is as it has to be
  1    predict: a photo could not be read, the others were answered; selftest: something differs
  2    wrong use: no such file, an unknown option, a model that is not the one that was packed
  130  interrupted
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message}; see '{self.prog} --help'")


def _parser(told: Manifest) -> argparse.ArgumentParser:
    about = printable(told.subject["about"]).replace("%", "%%")
    parser = _Parser(
        prog=told.name,
        description=f"%(prog)s: {about} On ONNX Runtime, without PyTorch.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    predict = commands.add_parser("predict", help="name what is on photos")
    predict.add_argument("photos", metavar="PHOTO", nargs="+", help="a photo, or a folder of photos without its subfolders")
    predict.add_argument("--json", action="store_true", help="one JSON object a photo and line")
    predict.add_argument("--top", metavar="N", type=int, default=5, help="how many classes to give (default 5)")
    commands.add_parser("selftest", help="is this what was packed, and does it answer here as PyTorch did?")
    commands.add_parser("info", help="what this package is, what it was tested with, and under which licences it comes")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give the exit code.

    Args:
        arguments: the command line without the program's name; None takes the process's own.
    """
    any_terminal()
    # What Pillow says of a damaged photo would stand beside the one line that refuses it.
    warnings.filterwarnings("ignore", module="PIL")
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    try:
        try:
            return _called(arguments)
        finally:  # --help leaves by an exception
            if sys.stdout is not None:  # a shell can close it
                sys.stdout.flush()
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_USE
    except OSError as error:
        _give_up_stdout()
        if isinstance(error, BrokenPipeError):  # whoever read the answers has enough
            return NOT_ALL
        where = "the answer cannot be written" if error.filename is None else error.filename
        print(f"error: {printable(f'{where}: {error.strerror}')}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        return INTERRUPTED


def _called(arguments: Sequence[str] | None) -> int:
    told = package.manifest()
    options = _parser(told).parse_args(arguments)
    if options.command == "info":
        return _info(told)
    return _selftest() if options.command == "selftest" else _predict(options.photos, options.top, options.json)


def _give_up_stdout() -> None:
    """Let what is still to be written go nowhere: Python would try once more when it leaves, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _predict(named: Sequence[str], top: int, as_json: bool) -> int:
    if top < 1:
        raise BadInput(f"--top is {top}; it takes a whole number, 1 or more")
    photos = [photo for each in named for photo in photo_files.named(each)]
    classifier = Classifier()
    code = GOOD
    for photo in photos:
        shown, name = printable(str(photo)), os.fsencode(photo).decode(errors="backslashreplace")
        try:
            found = classifier.classify(photo, top)
        except BadPhoto as error:
            code = NOT_ALL
            print(f"error: {error}", file=sys.stderr)
            if as_json:
                print(json.dumps({"photo": name, "error": str(error)}))
            continue
        if as_json:
            print(json.dumps({"photo": name, "predictions": [asdict(each) for each in found]}))
        else:
            print(shown, *(f"  {each.probability:.4f}  {printable(each.name)}" for each in found), sep="\n")
    return code


def _selftest() -> int:
    from .selftest import selftest, told

    wrong = told(selftest())
    print(f"{wrong} of these differ" if wrong else "all as packed; answers as PyTorch's within the tolerances")
    return NOT_ALL if wrong else GOOD


def _info(told: Manifest) -> int:
    contract, domain, evidence = told.contract, told.domain, told.evidence
    crop = f", central crop of {contract['crop']}" if contract.get("crop") else ""
    rows = [
        ("package", f"{told.name} {told.version}, made {told.made}"),
        ("model", f"{told.subject['name']}: {told.subject['about']}"),
        ("accuracy", "not measured" if told.subject["claims_accuracy"] else "not claimed: the weights are a stand-in"),
        ("weights", f"{told.weights['name']}, SHA-256 {told.weights['sha256']}"),
        ("model file", f"SHA-256 {told.files.get(package.name(package.MODEL), 'unknown')}"),
        ("preprocessing", f"{contract['rule']} to {contract['size']}{crop}, {contract['filter']}; {_source(told)}"),
        ("sizes", f"fed {domain['least']} to {domain['most']} pixels a side; others are refused"),
        ("memory", _memory(told.memory)),
        ("requires", f"Python {told.python}; {', '.join(told.requires)}"),
        *(("tested with", ", ".join(f"{name} {version}" for name, version in each.items())) for each in told.tested),
        ("here", f"Python {platform.python_version()} on {platform.machine()}"),
        ("evidence", _evidence(evidence)),
        ("licences", f"package {told.licences['package']}; model {told.licences['model']}"),
        *(("", f"{name} {licence}") for kind in ("libraries", "photos") for name, licence in told.licences[kind].items()),
    ]
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:<{width}}  {printable(said)}".rstrip() for name, said in rows))
    return GOOD


def _source(told: Manifest) -> str:
    return told.subject["preprocessing_source"] or "its source is not stated"


def _memory(needs: Mapping[str, int]) -> str:
    if not needs["opened"]:  # packed where the system does not tell
        return f"not measured; a photo may take {photo_memory.MOST / 1e6:,.0f} MB"
    photo, answer = photo_memory.MOST, needs["answer"]
    return (
        f"{needs['opened'] / 1e6:,.0f} MB when opened; one answer takes at most {(photo + answer) / 1e6:,.0f} MB more, "
        f"{photo / 1e6:,.0f} MB of them for the photo: Classifier(photo_bytes=…) allows less"
    )


def _evidence(evidence: object) -> str:
    if not isinstance(evidence, dict):
        return "none: it was packed by hand, without a run that says ship"
    return f"{evidence['checks']} checks passed at commit {evidence['commit']}, SHA-256 of their results {evidence['sha256']}"
