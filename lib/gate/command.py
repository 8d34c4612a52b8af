"""``python -m lib.gate``: every case tried, a page and a JSON file, and the exit code."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from lib.cache import ROOT
from lib.deploy import streams
from lib.gate import page
from lib.gate.suite import Tried, cases, tried

SAID = 300  # characters of what a run said that are printed where it is wrong
FOLDER = ROOT / "reports" / "gate"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 where every fault was found with the right part blamed, and every variant passed."""
    return streams.run(lambda: _main(arguments))


def _main(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lib.gate", description="Planted faults and harmless variants.")
    parser.add_argument("--only", metavar="TEXT", default="", help="cases whose group or name holds this")
    parser.add_argument("--seed", metavar="N", type=int, default=1, help="for all that is drawn at random (default 1)")
    parser.add_argument("--draws", metavar="N", type=int, default=1, help="how many times as many files are drawn (default 1)")
    parser.add_argument("--out", metavar="DIR", type=Path, default=FOLDER, help="where page and JSON go (default reports/gate)")
    options = parser.parse_args(arguments)
    chosen = [case for case in cases() if options.only in f"{case.group}: {case.name}"]
    if not chosen:
        parser.error(f"no case holds '{options.only}'")
    results = tried(
        chosen, options.seed, lambda each: print(_line(each), flush=True), min(len(chosen), os.cpu_count() or 1), options.draws
    )
    page.write(results, options.seed, options.out)
    print("\n".join(page.sentences(results)))
    print(f"page: {options.out / 'index.html'}")
    return int(any(each.wrong for each in results))


def _line(each: Tried) -> str:
    mark = f"✗ {each.wrong}: {' '.join(each.outcome.said.split())[:SAID]}" if each.wrong else "✓"
    return f"{each.seconds:5.1f} s  {each.case.group}: {each.case.name}  {mark}"
