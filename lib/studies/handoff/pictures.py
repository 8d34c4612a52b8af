"""Pictures and tables of the package: what is handed over, where it was installed, and what it answers."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec

import numpy as np
from numpy.typing import NDArray

from lib.bundle.names import BILL, CONTAINER, README, SERVICE
from lib.compare.comparison import Comparison, flips, worst
from lib.numbers import counted, number, probability
from lib.report import costs as bought
from lib.report.drawing import BLUE, DARK, VERMILION, logarithmic, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.report.gallery import Panel, gallery
from lib.report.html import Html, folded, join, note, table, verbatim
from lib.studies.handoff.measure import Study, told

P = ParamSpec("P")
_FLOOR = 1e-9  # where a difference of nothing is drawn on a logarithmic axis


def _where_packed(draw: Callable[Concatenate[Study, P], Html]) -> Callable[Concatenate[Study | str, P], Html]:
    """Show nothing where there is a reason in place of a study."""

    @functools.wraps(draw)
    def drawn(study: Study | str, /, *args: P.args, **kwargs: P.kwargs) -> Html:
        return Html() if isinstance(study, str) else draw(study, *args, **kwargs)

    return drawn


def handed_over(study: Study | str) -> Html:
    """What lies in the folder, each file with what it is for, and folded what is in the wheel; or why there is nothing."""
    if isinstance(study, str):
        return note(f"No package was made: {study}.", "warning")
    manifest = study.manifest
    lies = [(study.wheel, "what is installed")]
    if study.end_to_end is not None:
        lies.append((study.end_to_end, "the end-to-end file, for a service in another language"))
    kept = (
        (BILL, "the bill of materials"), (README, "what the package is"), (SERVICE, "a service, as an example"),
        (CONTAINER, "containers of the package and of the service"),
    )  # fmt: skip
    lies += [(study.wheel.parent / name, what) for name, what in kept]
    lies += [(path, "what they install, with hashes") for path in study.locked]
    rows = [(path.name, what, _size(path.stat().st_size)) for path, what in lies]
    said = f"{manifest.name} {manifest.version} requires {', '.join(manifest.requires)} and Python {manifest.python}."
    if manifest.evidence is None:
        said += f" It was packed without a run, and lies in {study.wheel.parent}."
    if study.missing:
        said += f" There is no end-to-end file: {study.missing}."
    inside = [(name, digest) for name, digest in manifest.files.items()]
    return join(
        note(said),
        table(("file", "what for", "size"), rows),
        folded(f"The {counted(len(inside), 'file')} in the wheel beside its manifest", table(("file", "SHA-256"), inside)),
    )


def _size(count: int) -> str:
    """Bytes for people, not broken in two lines."""
    said = f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"
    return said.replace(" ", "\N{NO-BREAK SPACE}")


@_where_packed
def environments(study: Study) -> Html:
    """One row a set of versions: what was installed, and what came of it."""
    rows = [
        (
            each.name,
            f"{len(each.proof.libraries)}, of which {len(each.proof.unneeded)} not needed",
            "fails, as it must" if each.proof.without_pytorch else "works",
            "finds nothing" if each.proof.passed else "finds something",
            "✓ as PyTorch" if each.proof.passed and not flips(each.answers) else "✗ otherwise",
        )
        for each in study.proven
    ]
    headers = ("versions", "libraries installed", "import torch", "selftest", "answers")
    said = [folded(f"What selftest said with {each.name}", verbatim(each.proof.selftest.stdout)) for each in study.proven]
    return join(table(headers, rows), *said)


@_where_packed
@styled
def answers(study: Study, tolerance: float, beside: float) -> Html:
    """How far each answer is from PyTorch's: the package, and the end-to-end file, a dot a photo.

    Args:
        study: what was measured.
        tolerance: what a probability of the package may differ by.
        beside: the same of the end-to-end file.
    """
    rows = [("the package", tolerance, [each for one in study.proven for each in one.answers])]
    if study.end_to_end is not None:
        rows.append(("end-to-end file", beside, [each for one in study.proven for each in one.beside]))
    figure = blank(0.55 * len(rows) + 1.1)
    axes = figure.subplots()
    for row, (_, limit, compared) in enumerate(rows[::-1]):
        values = [_drawn(each) for each in compared]
        colours = [BLUE if each <= limit else VERMILION for each in values]
        axes.scatter(values, [row] * len(values), s=14, c=colours, alpha=0.6, linewidths=0)
        axes.plot([limit, limit], [row - 0.35, row + 0.35], color=DARK, linestyle="--", linewidth=1)
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows[::-1]])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xscale("log")
    axes.set_xlim(_FLOOR / 2, 2)
    logarithmic(axes.xaxis)
    axes.set_xticks([1e-9, 1e-6, 1e-3, 1])
    axes.set_xlabel("largest difference of any class, probability")
    over_all(figure, "How far from PyTorch")
    alt = (
        f"{counted(len(rows), 'row')} of dots on a logarithmic axis, a dot an answer, each row with a dashed line at its limit."
    )
    said = "; ".join(_said(*row) for row in rows)
    return show(figure, alt, f"{said[0].upper()}{said[1:]}.", "handoff-answers")


def _drawn(comparison: Comparison) -> float:
    largest = comparison["score"].largest
    return max(largest, _FLOOR) if math.isfinite(largest) else 1.0


def _said(name: str, limit: float, compared: Sequence[Comparison]) -> str:
    off = f"off by {number(worst(compared, 'score'))} at most, where {number(limit)} is allowed (the dashed line)"
    return f"{name}: {off}, another class on {flips(compared)} of {counted(len(compared), 'answer')}"


@_where_packed
def photos(study: Study, names: Sequence[str]) -> Html:
    """The photos with PyTorch's class and the package's probability of it, folded.

    Args:
        study: what was measured.
        names: of the classes.
    """
    panels = []
    for each in study.proven[-1].answers:
        best, found = each.reference.top1, each.probability
        detail = f"{names[best]}: {probability(each.reference.probability)} in PyTorch, {probability(found)} in the package"
        panels.append(
            Panel(_square(study.pictures[each.photo]), each.photo, f"The photo {each.photo}", detail, marked=each.flipped)
        )
    title = f"The {counted(len(panels), 'photo')}, with what was found on each"
    return folded(title, gallery(panels, "Photos that no other notebook looked at, and new parts of this run's photos."))


def _square(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture on a white square, so that a narrow one is not drawn as wide as the others."""
    height, width, _ = picture.shape
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    square = np.full((side, side, 3), 255, np.uint8)
    square[top : top + height, left : left + width] = picture
    return square


@_where_packed
def costs(study: Study) -> Html:
    """What the package buys against eager PyTorch, and how that was measured."""
    measured = told(study)["costs"]
    ours, theirs = study.cost, study.eager
    said = f"The package gives its first answer {theirs.first / ours.first:.1f} times as soon as eager PyTorch"
    said += f", and holds {ours.memory / theirs.memory:.2f} times the memory." if theirs.memory else "."
    shown = bought.costs(measured, kind="")
    assert shown is not None
    aside = "First answer: from the start of the process, with all that it imports and opens; the median of "
    aside += f"{len(ours.firsts)} starts. Memory: the most that the process held. Installed: all but Python, with the weights."
    return join(note(said), shown, note(f"{bought.conditions(measured)}. {aside}", "aside"))


@_where_packed
def container(study: Study) -> Html:
    """The Dockerfile, folded."""
    return folded("Dockerfile", verbatim(study.dockerfile))
