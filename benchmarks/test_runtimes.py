"""PyTorch and every other library that is installed, each in a process of its own, as ratios to eager PyTorch.

A round starts every library once, in an order that is drawn anew, and asks it for its first answer; the ratio is taken within
the round, the median over rounds counts. Answers at each batch size are timed in such processes too.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

import numpy as np
import pytest

from benchmarks.conftest import REPORTS
from lib.handoff import Handoff
from lib.runtimes import RUNTIMES, opencv, openvino
from lib.runtimes.onnx_runtime import SHIPPED
from lib.runtimes.process import Measured, measured
from lib.runtimes.pytorch import COMPILED, EAGER
from lib.studies.runtimes.measure import source

ROUNDS, ANSWERS = 5, 60
BATCHES = (1, 8, 32)
LARGE_ANSWERS = 4
NAMES = (
    EAGER,
    COMPILED,
    SHIPPED,
    openvino.AS_IT_COMES,
    openvino.FLOAT32,
    opencv.AS_IT_COMES,
    opencv.CLASSIC,
    "LiteRT",
    "TensorFlow",
)


def one(handoff: Handoff, name: str, batch: int, inputs: Path) -> Measured:
    try:
        reads, python = source(handoff, RUNTIMES[name])
    except RuntimeError as error:
        return Measured(name, str(error), {})
    return measured(name, reads, inputs, ANSWERS if batch == 1 else LARGE_ANSWERS, (batch,), python)


@pytest.fixture(scope="module")
def inputs(lite0: Handoff, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    np.save(folder / "0.npy", lite0.reference.trace(lite0.photos.readable[0].data).normalise)
    return folder


@pytest.fixture(scope="module")
def rounds(lite0: Handoff, inputs: Path) -> dict[str, list[Measured]]:
    random, found = np.random.default_rng(0), {name: [] for name in NAMES}
    for _ in range(ROUNDS):
        for name in random.permutation(NAMES):
            if not any(each.error for each in found[name]):
                found[str(name)].append(one(lite0, str(name), 1, inputs))
    return found


def ratio(found: dict[str, list[Measured]], name: str, what) -> float:
    return median(what(own) / what(eager) for own, eager in zip(found[name], found[EAGER], strict=True))


def test_runtimes(rounds, lite0, inputs, pytestconfig):
    heads = ("first", "of eager", "median", "of eager", "95th pct", "memory", "of eager", "installed")
    widths = (9, 9, 10, 9, 11, 9, 9, 11)
    lines = ["Libraries, each in a process of its own"]
    lines += [" " * 28 + "".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))]
    for name, each in rounds.items():
        if each[-1].error:
            lines.append(f"{name:28}{each[-1].error}")
            continue
        first, usual, slow, memory = (
            median(what(one) for one in each)
            for what in (lambda m: m.first, Measured.median, Measured.percentile95, lambda m: m.memory)
        )
        lines.append(
            f"{name:28}{first:>7.2f} s{ratio(rounds, name, lambda m: m.first):>8.3f}×{1e3 * usual:>7.1f} ms"
            f"{ratio(rounds, name, Measured.median):>8.3f}×{1e3 * slow:>8.1f} ms{memory / 1e6:>6.0f} MB"
            f"{ratio(rounds, name, lambda m: m.memory):>8.3f}×{each[-1].installed / 1e6:>8.0f} MB"
        )
    lines += ["", f"{'images a second at batch':28}" + "".join(f"{batch:>8}" for batch in BATCHES)]
    for name, each in rounds.items():
        if each[-1].error:
            continue
        answers = {1: median(one.median() for one in each)}
        for batch in BATCHES[1:]:
            answers[batch] = one(lite0, name, batch, inputs).median(batch)
        lines.append(f"{name:28}" + "".join(f"{batch / answers[batch]:>8.0f}" for batch in BATCHES))
    pytestconfig.stash[REPORTS].append(lines)
    assert not rounds[SHIPPED][-1].error
