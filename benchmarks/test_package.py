"""The package where nothing else is installed, and eager PyTorch, from a photo's bytes to probabilities.

A round starts each of them several times; the ratio is taken within the round, the median over rounds counts.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

from benchmarks.conftest import REPORTS
from lib import policy
from lib.bundle import versions
from lib.bundle.contents import contents
from lib.bundle.environment import fresh
from lib.bundle.wheel import build
from lib.handoff import Handoff
from lib.studies.handoff.costs import of_package, of_pytorch

ROUNDS, ANSWERS = 5, 40


def test_package(lite0: Handoff, tmp_path: Path, pytestconfig: pytest.Config):
    sets = versions.sets(versions.INSTALLED)
    packed = contents(lite0, policy.load().tolerances, sets, {}, None)
    photo = tmp_path / lite0.photos.readable[0].name
    photo.write_bytes(lite0.photos.readable[0].data)
    with fresh(build(packed, tmp_path), packed.manifest.name, sets[0]) as there:
        found = [(of_package(there, photo, ANSWERS), of_pytorch(lite0, photo, ANSWERS)) for _ in range(ROUNDS)]
    lines = [f"The package beside eager PyTorch, {photo.name}, the median of {ROUNDS} rounds"]
    lines += [f"{'':16}{'the package':>14}{'PyTorch':>12}{'ratio':>10}"]
    for name, what, shown in (
        ("installed", lambda each: each.installed, lambda value: f"{value / 1e6:.0f} MB"),
        ("first answer", lambda each: each.first, lambda value: f"{value:.2f} s"),
        ("median", lambda each: median(each.laps), lambda value: f"{1e3 * value:.1f} ms"),
        ("memory", lambda each: each.memory, lambda value: f"{value / 1e6:.0f} MB"),
    ):
        ours, theirs = (median(what(each[side]) for each in found) for side in (0, 1))
        ratio = median(what(package) / what(eager) for package, eager in found)
        lines.append(f"{name:16}{shown(ours):>14}{shown(theirs):>12}{ratio:>9.3f}×")
    pytestconfig.stash[REPORTS].append(lines)
    assert all(package.memory < eager.memory for package, eager in found if eager.memory)
