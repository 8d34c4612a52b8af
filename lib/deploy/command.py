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
from typing import TYPE_CHECKING, NoReturn

from . import files, package, streams, telemetry
from .errors import BadInput, BadPhoto, UntestedVersions, printable
from .manifest import Manifest

if TYPE_CHECKING:
    from .classifier import Classifier

GOOD, NOT_ALL, WRONG_USE = 0, 1, 2
SHOWN = 5  # names of files that are left out

_EPILOG = """\
exit codes:
  0    everything was answered, or is as it has to be
  1    predict: a photo could not be read, the others were answered; selftest: something differs
  2    wrong use: no such file, an unknown option, a model that is not the one that was packed
  130  interrupted
  141  whoever read the output left before its end, as head does
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
    predict.add_argument(
        "photos", metavar="PHOTO", nargs="+", help="a photo, or a folder: its pictures, by content, without subfolders"
    )
    predict.add_argument("--json", action="store_true", help="one JSON object a photo and line")
    predict.add_argument("--top", metavar="N", type=int, default=5, help="how many classes to give (default 5)")
    tested = commands.add_parser("selftest", help="is this what was packed, and does it answer here as PyTorch did?")
    for each in (predict, tested):
        each.add_argument(
            "--provider",
            metavar="NAME",
            action="append",
            help="the ONNX Runtime provider that is to answer, as OpenVINOExecutionProvider; given again, the next to try "
            "(default CPUExecutionProvider)",
        )
    commands.add_parser("info", help="what this package is, what it was tested with, and under which licences it comes")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give the exit code.

    Args:
        arguments: the command line without the program's name; None takes the process's own.
    """
    return streams.run(lambda: _main(arguments))


def _main(arguments: Sequence[str] | None) -> int:
    # What Pillow says of a damaged photo would stand beside the one line that refuses it.
    warnings.filterwarnings("ignore", module="PIL")
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    try:
        return _called(arguments)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
    except ImportError as error:
        print(f"error: {printable(f'{error.name or error}: cannot be imported; call selftest')}", file=sys.stderr)
    except OSError as error:
        print(f"error: {printable(f'{error.filename}: {error.strerror}')}", file=sys.stderr)
    return WRONG_USE


def _called(arguments: Sequence[str] | None) -> int:
    told = package.manifest()
    options = _parser(told).parse_args(arguments)
    if options.command == "info":
        return _info(told)
    if options.command == "selftest":
        return _selftest(options.provider or ())
    return _predict(options.photos, options.top, options.json, options.provider)


def _predict(named: Sequence[str], top: int, as_json: bool, providers: Sequence[str] | None) -> int:
    from . import photo_files  # not at the top: what else the command does needs no library

    if top < 1:
        raise BadInput(f"--top is {top}; it takes a whole number, 1 or more")
    found = [photo_files.named(each) for each in named]
    photos = [photo for each in found for photo in each.photos]
    classifier = _opened(providers)
    for path, each in zip(named, found, strict=True):
        if each.others:
            print(printable(f"{path}: no pictures, left out: {_some(each.others)}"), file=sys.stderr)
    code = GOOD
    for photo in photos:
        shown, name = printable(str(photo)), os.fsencode(photo).decode(errors="backslashreplace")
        try:
            predictions = classifier.classify(photo, top)
        except BadPhoto as error:
            code = NOT_ALL
            print(f"error: {error}", file=sys.stderr)
            if as_json:
                print(json.dumps({"photo": name, "error": str(error)}))
            continue
        if as_json:
            answer = {
                "photo": name,
                "providers": classifier.providers,
                "predictions": [asdict(each) for each in predictions],
            }
            print(json.dumps(answer))
        else:
            print(shown, *(f"  {each.probability:.4f}  {printable(each.name)}" for each in predictions), sep="\n")
    return code


def _some(names: Sequence[str]) -> str:
    first = ", ".join(names[:SHOWN])
    return f"{len(names)} ({first}{', …' if len(names) > SHOWN else ''})"


def _opened(providers: Sequence[str] | None) -> Classifier:
    """The package's own model; a version that it was not proven with is a line."""
    from .classifier import Classifier
    from .sessions import CPU

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UntestedVersions)
        classifier = Classifier(providers=providers or CPU)
    for each in caught:
        print(f"warning: {printable(str(each.message))}", file=sys.stderr)
    return classifier


def _selftest(providers: Sequence[str]) -> int:
    from .finding import told
    from .selftest import selftest

    wrong = told(selftest(providers))
    print(f"{wrong} of these differ" if wrong else "all as packed; answers as PyTorch's within the tolerances")
    return NOT_ALL if wrong else GOOD


def _info(told: Manifest) -> int:
    contract, evidence = told.contract, told.evidence
    crop = f", central crop of {contract['crop']}" if contract.get("crop") else ""
    rows = [
        ("package", f"{told.name} {told.version}, made {told.made}"),
        ("model", f"{told.subject['name']}: {told.subject['about']}"),
        ("accuracy", "not measured" if told.subject["claims_accuracy"] else "not claimed: the weights are a stand-in"),
        ("weights", f"{told.weights['name']}, SHA-256 {told.weights['sha256']}"),
        ("model file", f"SHA-256 {told.files.get(package.name(package.MODEL), 'unknown')}"),
        ("preprocessing", f"{contract['rule']} to {contract['size']}{crop}, {contract['filter']}; {_source(told)}"),
        ("sizes", told.photos_fed),
        ("memory", _memory(told.memory)),
        ("requires", f"Python {told.python}; {', '.join(told.requires)}"),
        *(("tested with", ", ".join(f"{name} {version}" for name, version in each.items())) for each in told.tested),
        ("here", f"Python {platform.python_version()} on {platform.machine()}"),
        ("telemetry", f"of ONNX Runtime: {telemetry.state()}"),
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
        return f"not measured; a photo may take {files.DECODED / 1e6:,.0f} MB"
    photo, answer = files.DECODED, needs["answer"]
    return (
        f"{needs['opened'] / 1e6:,.0f} MB when opened; one answer takes at most {(photo + answer) / 1e6:,.0f} MB more, "
        f"{photo / 1e6:,.0f} MB of them for the photo: Classifier(photo_bytes=…) allows less"
    )


def _evidence(evidence: object) -> str:
    if not isinstance(evidence, dict):
        return "none: it was packed by hand, without a run that says ship"
    return f"{evidence['checks']} checks passed at commit {evidence['commit']}, SHA-256 of their results {evidence['sha256']}"
