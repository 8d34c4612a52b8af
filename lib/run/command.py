"""``python -m lib run``: the notebooks through papermill, the report into a folder, the verdict as the exit code."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import secrets
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from lib import policy
from lib.cache import NO_ROOM, ROOT, full
from lib.deploy import BadInput, files, streams
from lib.deploy.errors import printable
from lib.deploy.stages import decode, preprocessing
from lib.inputs import deployment, subject
from lib.inputs.reading import absolute, read_bytes, unknown
from lib.run import copies, signals
from lib.run.exit_codes import CHECK_FAILED, CRASHED, INTERRUPTED, SHIP, WRONG_USE

if TYPE_CHECKING:
    from lib.handoff import Handoff

NOTEBOOKS = ROOT / "notebooks"
COPIES = ROOT / "lab"
LATEST = ROOT / "reports" / "latest"
COST = ROOT / "reports" / "cost"
COST_NOTEBOOK = "09_cost"
DIAGNOSIS = ROOT / "reports" / "diagnosis.html"

_EPILOG = """\
exit codes:
  0    every check passed, or only warnings failed
  1    a check failed or was not recorded; the report is written and says which
  2    wrong use (unknown parameter, missing file, a deployment that cannot be used, no room); an earlier report stays as it was
  3    a notebook crashed or timed out; the report is written, and its section has the traceback
  130  interrupted (Ctrl-C, SIGTERM, SIGHUP); an earlier report stays as it was
  141  the report is written, and whoever was to read the last lines had left
"""

_COST_EPILOG = """\
Numbers are kept below HANDOFF_CACHE as they are found. After an interruption, or with more photos, the same command computes
only what is missing.

exit codes: as for run
"""

_DIAGNOSE_EPILOG = """\
exit codes:
  0    the tensor is the reference's own
  1    it is not; the page says what is likeliest
  2    wrong use (missing file, not a tensor, no room)
  141  whoever read the output left before its end, as head does; the page is written
"""

_DIFF_EPILOG = """\
what counts, and what does not:
  counts          a check that is new, gone or ends otherwise; a threshold, relation, unit or severity; a measured value that
                  moved further than its row in lib/policy/checks.toml lets it; the SHA-256 of exported files, subject file,
                  weights and photos; parameters except the seed that a run draws; versions of Python and packages
  is only shown   machine, commit, that seed, the wheel, whose name has the time, and how many things a check compared

Where one of the two ran only some notebooks, what both ran is compared.

exit codes:
  0    nothing that counts changed
  1    something did
  2    wrong use (no report there, or runs that have no notebook in common)
  141  whoever read the output left before its end, as head does
"""

_VERIFY_EPILOG = """\
Whoever edits notebooks, results, package and hashes until all fit one another is not found out: keep the SHA-256 of
sha256sums.txt, which is printed, in another place, as the log of the CI job that made the report.

exit codes:
  0    all holds
  1    something does not
  2    wrong use (no such folder, or no report in it)
  141  whoever read the output left before its end, as head does: nothing was judged
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message}; see '{self.prog} --help'")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m lib", description="The ONNX hand-off workbook, headless.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    run = commands.add_parser(
        "run",
        help="run the notebooks and write a report",
        description="Run the notebooks and write a report.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built_in = ", ".join(subject.built_in())
    run.add_argument("--subject", metavar="NAME", help=f"{built_in}, or the path of a TOML file (default {subject.DEFAULT})")
    run.add_argument("--photos", metavar="PATH", help="a photo or a folder of photos (default: the bundled ones)")
    run.add_argument("--weights", metavar="PATH", help="a local weights file in place of the subject's own source")
    run.add_argument("--deployment", metavar="MODULE:NAME", help=f"the pipeline under test (default {deployment.DEFAULT})")
    run.add_argument(
        "--time-limit", metavar="SECONDS", type=float,
        help="how long importing and building the deployment and each call of a stage may take, each by itself "
        f"(default {deployment.TIME_LIMIT:g})",
    )  # fmt: skip
    run.add_argument("--policy", metavar="FILE.toml", help="changed thresholds, as in lib/policy/checks.toml")
    run.add_argument("--versions", metavar="WHICH", help="of libraries to prove the package with: installed (default) or all")
    run.add_argument("--params", metavar="FILE.yml", type=Path, help="notebook parameters by name; options win over it")
    run.add_argument(
        "--baseline", metavar="RUN", help="the report of an earlier run: what moved since then becomes checks of this one"
    )
    run.add_argument("--only", metavar="NOTEBOOK", help="run this notebook alone, as in 02_swish")
    run.add_argument("--out", metavar="DIR", type=Path, default=LATEST, help="where the report goes (default reports/latest)")
    cost = commands.add_parser(
        "cost",
        help="say what each mistake costs on a folder of photos",
        description="Say what each mistake costs on a folder of photos: sweep, then run notebook 09_cost on what was found.",
        epilog=_COST_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    cost.add_argument(
        "--photos", dest="folder", metavar="DIR",
        help="a folder of photos, with all its subfolders (default: crops of the bundled photos)",
    )  # fmt: skip
    cost.add_argument(
        "--labels", metavar="FILE.csv",
        help="'photo or folder,class' a line (default: subfolders that are named as classes, or are as many)",
    )  # fmt: skip
    cost.add_argument(
        "--against", metavar="VERSION",
        help="what is in production now: an ONNX file that 01_export wrote, or a deployment as MODULE:NAME",
    )  # fmt: skip
    cost.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask scheduler, tcp://host:8786 (default: processes here)")
    for name in ("subject", "weights", "deployment", "policy"):
        cost.add_argument(f"--{name}", metavar=name.upper(), help="as for run")
    cost.add_argument("--time-limit", metavar="SECONDS", type=float, help="as for run")
    cost.add_argument("--params", metavar="FILE.yml", type=Path, help="as for run")
    cost.add_argument("--out", metavar="DIR", type=Path, default=COST, help="where the report goes (default reports/cost)")
    cost.set_defaults(only=COST_NOTEBOOK, photos=None, versions=None, baseline=None)
    diagnose = commands.add_parser(
        "diagnose",
        help="name the mistake behind a tensor that a service made",
        description="Name the mistake behind a tensor that a service made of a photo, and write a page about it.",
        epilog=_DIAGNOSE_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    diagnose.add_argument("--photo", metavar="PATH", type=Path, required=True, help="the photo, as the service was given it")
    diagnose.add_argument(
        "--tensor", metavar="FILE.npy", type=Path, required=True,
        help="what the service feeds its network: (h, w, 3) or (3, h, w), uint8 levels or floats",
    )  # fmt: skip
    diagnose.add_argument("--subject", metavar="NAME", default=subject.DEFAULT, help="as for run")
    diagnose.add_argument(
        "--out", metavar="FILE.html", type=Path, default=DIAGNOSIS, help="the page (default reports/diagnosis.html)"
    )
    diff = commands.add_parser(
        "diff",
        help="say what changed between two runs",
        description="Say what changed from one run to another.",
        epilog=_DIFF_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, which in (("before", "earlier"), ("after", "later")):
        diff.add_argument(
            name, metavar=name.upper(), type=Path, help=f"the {which} run: a report's folder, or its results.json"
        )
    diff.add_argument("--json", action="store_true", help="print JSON, every value in full")
    verify = commands.add_parser(
        "verify",
        help="work out the hashes and the verdict of a report again",
        description="Work out every hash and the verdict of a report again, from what lies there.",
        epilog=_VERIFY_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verify.add_argument("report", metavar="RUN", type=Path, help="the folder that a run left")
    lab = commands.add_parser(
        "lab",
        help="copy the notebooks to where they can be changed at will",
        description="Copy the notebooks to where they can be changed at will. A copy that was changed stays as it is; "
        "the others are renewed where the notebook is another by now.",
    )
    lab.add_argument("--out", metavar="DIR", type=Path, default=COPIES, help="where the copies go (default lab)")
    return parser


def main(arguments: Sequence[str] | None = None, notebooks: Path = NOTEBOOKS, table: Path = policy.TABLE) -> int:
    """Run the command line and give the exit code.

    Args:
        arguments: the command line without the program's name; None takes the process's own.
        notebooks: folder that holds the set of notebooks.
        table: the policy that a file of the user's may change.
    """
    signals.end_like_ctrl_c()
    return streams.run(lambda: _main(arguments, notebooks, table))


def _main(arguments: Sequence[str] | None, notebooks: Path, table: Path) -> int:
    # What Pillow says of a damaged photo would stand beside the one line that refuses it.
    warnings.filterwarnings("ignore", module="PIL")
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    try:
        options = _parser().parse_args(arguments)
        if options.command == "lab":
            return _lab(options, notebooks)
        if options.command == "diff":
            return _diff(options, table)
        if options.command == "verify":
            return _verify(options, table)
        if options.command == "diagnose":
            return _diagnose(options)
        return _cost(options, notebooks, table) if options.command == "cost" else _run(options, notebooks, table)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_USE
    except OSError as error:
        if error.errno in NO_ROOM:
            print(f"error: no room on the disk: {full(error)}", file=sys.stderr)
            return WRONG_USE
        traceback.print_exc()
        return CRASHED
    except Exception:  # a bug of ours must not pass for a failed check, which Python's own exit code 1 would say
        traceback.print_exc()
        return CRASHED
    except KeyboardInterrupt:
        signals.ignore()  # an impatient second one must not change the exit code
        with contextlib.suppress(OSError):  # the terminal may be gone
            print("interrupted: every kernel was ended, and an earlier report stays as it was", file=sys.stderr, flush=True)
        return INTERRUPTED


def _lab(options: argparse.Namespace, notebooks: Path) -> int:
    older = copies.refresh(notebooks, absolute(options.out, "out"))
    if older:
        print(f"changed, and older than their notebooks by now: {', '.join(older)}; rename a copy to be given a new one")
    return SHIP


def _diagnose(options: argparse.Namespace) -> int:
    from lib.diagnosis import Observed, diagnose
    from lib.export.exporter import domain
    from lib.report import diagnosis_page as page

    chosen = subject.load(options.subject)
    out = _place(options.out, options.photo, options.tensor, chosen.path)
    data, observed = read_bytes(options.photo, "photo", files.PHOTO), Observed.load(options.tensor)
    try:
        domain(chosen).require(*preprocessing(chosen.contract)[0].fed(*decode(data).size))
        finding = diagnose(data, observed, chosen.contract)
    except BadInput as error:
        raise BadInput(f"photo {options.photo}: {error}") from None
    try:
        page.write(finding, chosen, options.photo, options.tensor, out)
    except OSError as error:
        raise BadInput(f"out {out}: cannot write there: {error.strerror}; name another file with --out") from None
    print("\n".join([page.heading(finding), *page.sentences(finding)]))
    for each in finding.measured:
        print(f"  {each.name}: {each.value}{each.says and f' ({each.says})'}")
    print(f"page: {printable(str(options.out))}")
    return SHIP if finding.healthy else CHECK_FAILED


def _cost(options: argparse.Namespace, notebooks: Path, table: Path) -> int:
    names = ("folder", "labels", "against", "scheduler")
    given = {name: value for name in names if (value := getattr(options, name)) is not None}
    return _run(options, notebooks, table, given, before=_sweep)


def _sweep(about: Handoff, parameters: dict[str, Any]) -> None:
    """Sweep here, where progress is seen and nothing limits the time; the notebook then finds all numbers there."""
    from lib.sweep.progress import on_terminal
    from lib.sweep.sweep import Asked, swept

    words = (parameters[name] for name in ("folder", "labels", "against", "crops", "seed"))
    exported = replace(about, exporter=parameters["exporter"], opset=parameters["opset"])
    swept(Asked.of(exported, *words), parameters["scheduler"], *on_terminal())


def _diff(options: argparse.Namespace, table: Path) -> int:
    from lib.audit import results
    from lib.audit.diff import between

    found = between(results.load(options.before), results.load(options.after), policy.load(table=table))
    print(json.dumps(found.as_json(), indent=2, allow_nan=False) if options.json else "\n".join(found.lines))
    return CHECK_FAILED if found.changed else SHIP


def _verify(options: argparse.Namespace, table: Path) -> int:
    from lib.audit.verify import verify
    from lib.deploy.finding import told

    wrong = told(verify(options.report, table))
    print(f"{wrong} of these do not hold" if wrong else "all holds, by what lies there")
    return CHECK_FAILED if wrong else SHIP


def _place(out: Path, *inputs: Path) -> Path:
    """Where a page may be written: a file that is missing or a regular one, and none of those that it is made from.

    Raises:
        BadInput: ``out`` is anything else.
    """
    place = absolute(out, "out")
    try:
        if not place.parent.is_dir():
            raise BadInput(f"out {out}: cannot write there: no folder {place.parent}; name another file with --out")
        if place.exists() and not place.is_file():
            raise BadInput(f"out {out}: is no regular file; name another with --out")
        for given in inputs:
            if place.exists() and given.exists() and place.samefile(given):
                raise BadInput(f"out {out}: is {given} itself, and would be lost; name another file with --out")
    except OSError as error:
        raise BadInput(f"out {out}: cannot write there: {error.strerror}; name another file with --out") from None
    return place


def _run(
    options: argparse.Namespace,
    folder: Path,
    table: Path,
    also: dict[str, Any] | None = None,
    before: Callable[[Handoff, dict[str, Any]], None] | None = None,
) -> int:
    """Run notebooks.

    Args:
        options: of the command line.
        folder: of notebooks.
        table: the policy.
        also: parameters that no option of ``run`` gives.
        before: what is done when all was found good, with the hand-off and all parameters, before the first notebook starts.
    """
    # torch and papermill take seconds to import: not before the options are known to be good, and within reach of Ctrl-C
    from lib import handoff
    from lib.audit import results
    from lib.bundle import wheels
    from lib.inputs import parameters
    from lib.run import runner
    from lib.run.place import scratch_beside

    sources = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    if options.only is not None and options.only not in sources:
        raise unknown("notebook", options.only, sources)
    chosen = [options.only] if options.only is not None else list(sources)
    given = parameters.read(options.params) if options.params is not None else {}
    given |= {name: value for name in parameters.SHARED if (value := getattr(options, name)) is not None}
    given |= also or {}
    given = parameters.absolute(given)
    known = {name: parameters.of_notebook(path) for name, path in sources.items()}
    given = parameters.checked(given, known)
    if given.get(parameters.RUN_FOLDER):
        raise BadInput(f"parameter '{parameters.RUN_FOLDER}': a run gives it by itself; leave it out")
    defaults: dict[str, Any] = {key: default for name in chosen for key, default in known[name].items()}
    defaults.pop(parameters.RUN_FOLDER, None)
    if parameters.DRAWN_ANEW in defaults:
        given.setdefault(parameters.DRAWN_ANEW, secrets.randbelow(2**31))
    effective = parameters.SHARED | defaults | given
    rules = policy.load(effective["policy"], table)
    earlier = results.load(effective["baseline"]) if effective["baseline"] else None
    if earlier is not None and not set(chosen) & set(earlier.notebooks):
        raise BadInput(f"baseline {effective['baseline']}: ran none of the notebooks of this run; name another run")
    about = handoff.load(
        effective["subject"],
        effective["photos"],
        effective["deployment"],
        effective["weights"],
        time_limit=effective["time_limit"],
    )
    if any("versions" in known[name] for name in chosen):
        wheels.require(effective["versions"])
    out = absolute(options.out, "out")
    if before is not None:
        with scratch_beside(out):
            pass  # it may take hours, and a place where no report can be is better said now
        before(about, effective)
    jobs = [
        runner.Job(
            sources[name],
            {key: value for key, value in given.items() if key in known[name]},
            **parameters.manner(sources[name]),
        )
        for name in chosen
    ]
    shown = parameters.shown({name: value for name, value in effective.items() if (name, value) != ("baseline", "")})
    result = runner.run(jobs, about, rules, shown, out, complete=options.only is None, earlier=earlier)
    print(f"{result.verdict.words}. {result.verdict.sentence}")
    print(f"report: {printable(str(options.out / 'report.html'))}")
    for name, error in result.crashes.items():
        print(f"error: {name}: {error}", file=sys.stderr)
    if result.crashes:
        return CRASHED
    return CHECK_FAILED if result.verdict.key == "do not ship" else SHIP
