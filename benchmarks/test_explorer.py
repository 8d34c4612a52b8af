"""How long the explorer takes to draw again after a control was moved, PNG encoding and all; pipelines were traced before."""

from __future__ import annotations

from functools import partial
from statistics import median

import numpy as np
import pytest

from benchmarks.conftest import REPORTS
from lib.explorer.widgets import Explorer
from lib.timing import laps

LIMIT = 0.1  # seconds: what seems to come at once
ROUNDS = 10
MOVES = {
    "zoom": [("_zoom", zoom) for zoom in (2, 4, 8, 16, 1)],
    "channel": [("_channel", channel) for channel in ("red", "green", "blue", "all")],
    "scale": [("_scale", scale) for scale in (4, 64, 16)],
    "pipeline": [("_right", name) for name in ("squash", "letterbox", "deployment", "OpenCV linear")],
}


def moved(explorer: Explorer, control: str, value: object) -> None:
    getattr(explorer, control).value = value


@pytest.fixture(scope="module")
def lines(pytestconfig) -> list[str]:
    made = ["The explorer draws again after a control was moved: median ms (95th percentile)"]
    pytestconfig.stash[REPORTS].append(made)
    return made


@pytest.fixture(scope="module")
def explorer(lite0) -> Explorer:
    return Explorer(lite0, "OpenCV linear")


def test_redraw(explorer, lite0, photo, lines):
    explorer._photos.choice.value = lite0.photos.readable.index(photo)
    for control, value in MOVES["pipeline"]:
        moved(explorer, control, value)
    said, slowest = [], 0.0
    for name, moves in MOVES.items():
        taken = [
            lap for _ in range(ROUNDS) for control, value in moves for lap in laps(partial(moved, explorer, control, value), 1)
        ]
        said.append(f"{name} {1e3 * median(taken):.0f} ({1e3 * np.percentile(taken, 95):.0f})")
        slowest = max(slowest, median(taken))
    lines.append(f"{photo.name}, {photo.size[0]} × {photo.size[1]}: {', '.join(said)}")
    assert slowest < LIMIT
