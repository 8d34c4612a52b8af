"""Pictures and tables of the sizes at which an exported network is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import onnx
from matplotlib.colors import LogNorm

from lib.numbers import number, probability, signed
from lib.compare.comparison import top1
from lib.deploy import Domain
from lib.deploy.stages import score
from lib.report.drawing import VERMILION, logarithmic, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.studies.dynamic_shapes.measure import CANDIDATES, FIXED, STATIC, STORIES, TRACED, Exported, SizeMap
from lib.report.html import Html, join, note, table, verbatim
from lib.handoff import Handoff
from lib.studies.parity.measure import SameInput

_LEAST, _MOST = 1e-7, 1e2  # ends of the colour scale, logits


@styled
def size_map(seen: SizeMap, tolerance: float, against: str) -> Html:
    """Largest difference at every height and width; a cross where the likeliest class is another, hatched where refused."""
    count = len(seen.sides)
    figure = blank(0.27 * count + 1.8)
    axes = figure.subplots()
    colours = matplotlib.colormaps["cividis_r"].with_extremes(bad="#ffffff")
    shown = np.ma.masked_where(~np.isfinite(seen.differences), np.clip(seen.differences, _LEAST, _MOST))
    image = axes.imshow(shown, cmap=colours, norm=LogNorm(_LEAST, _MOST), origin="lower")
    refused = np.isinf(seen.differences)
    if refused.any() and not refused.all():
        axes.contourf(refused, levels=[0.5, 1.5], colors="none", hatches=["///"])
    rows, columns = np.nonzero(seen.flips)
    axes.plot(columns, rows, "x", color="white", markersize=5, markeredgewidth=1.6)
    axes.set_xticks(range(count), [str(side) for side in seen.sides], rotation=90, fontsize=8)
    axes.set_yticks(range(count), [str(side) for side in seen.sides], fontsize=8)
    axes.set_xlabel("width, pixels")
    axes.set_ylabel("height, pixels")
    bar = figure.colorbar(image, orientation="horizontal", shrink=0.8, aspect=35, label="largest difference, logits")
    bar.ax.axvline(tolerance, color=VERMILION, linewidth=2)
    logarithmic(bar.ax.xaxis)
    over_all(figure, seen.name)
    said = _said(seen, tolerance)
    keys = [f"the line on the scale is the tolerance of {number(tolerance)}"]
    keys += ["a cross marks another likeliest class"] * bool(seen.flips.any())
    keys += ["hatched sizes are refused"] * bool(refused.any())
    return show(figure, f"Map of sizes, {seen.name} against {against}: {said}.", f"{seen.name}: {said}; {', '.join(keys)}.")


def _said(seen: SizeMap, tolerance: float) -> str:
    sizes, wrong = seen.differences.size, seen.wrong(tolerance)
    parts = [f"right at {seen.right(tolerance)} of {sizes} sizes"]
    if wrong:
        answers = seen.differences[np.isfinite(seen.differences)]
        parts.append(f"wrong at {wrong} without a word, by up to {number(float(answers.max()))} logits")
        parts.append(f"another class at {int(seen.flips.sum())}")
    if seen.refused:
        parts.append(f"{seen.refused} refused")
    if not wrong and not seen.refused:
        parts.append(f"the worst is off by {number(seen.worst)} logits")
    return ", ".join(parts)


def fixed_size(exported: Exported, maps: Mapping[str, SizeMap], tolerance: float, size: tuple[int, int]) -> Html:
    """The first story: a file that takes one size, and what it answers to the article's photo, width and height ``size``."""
    side = exported.handoff.subject.image_size
    answer = exported.refusal(size[1], size[0])
    return join(
        verbatim(answer or "no error", f"what ONNX Runtime answers to {size[0]} × {size[1]} pixels"),
        note(
            f"Exported with the sizes left as they came, on {side} × {side}, the file is right at "
            f"{maps[FIXED].right(tolerance)} of {maps[FIXED].differences.size} sizes, refuses {maps[FIXED].refused} aloud, "
            f"among them the article's {size[0]} × {size[1]}, and is wrong at {maps[FIXED].wrong(tolerance)} without a word."
        ),
    )


def static_padding(exported: Exported, maps: Mapping[str, SizeMap], pairs: Sequence[SameInput], tolerance: float) -> Html:
    """The second story: padding computed once, on the map and on the photos of this run."""
    classes = exported.handoff.subject.classes
    rows = []
    for pair in pairs:
        same, static = score(pair.reference), score(pair.deployment)
        target = top1(same)
        height, width = exported.fed(pair.photo)
        rows.append(
            (
                pair.photo.name,
                f"{width} × {height}",
                f"{number(pair.difference)} logits",
                f"{classes[target]} {probability(float(same[0, target]))}",
                signed(float(static[0, target] - same[0, target])),
                f"{classes[top1(static)]} {probability(float(static.max()))}",
            )
        )
    headers = ("photo", "fed at", "difference", "padded for each input", "change of it", "padded once")
    moved = max(pairs, key=lambda pair: pair.difference)
    return join(
        size_map(maps[STATIC], tolerance, "padding for each input"),
        table(headers, rows, caption="The same weights in PyTorch, padding computed for each input and once"),
        note(
            f"Static padding is right where every halving meets the same parity as at {exported.handoff.subject.image_size}: "
            f"at {maps[STATIC].right(tolerance)} of {maps[STATIC].differences.size} sizes. Of this run's photos it moves the "
            f"logits of {sum(pair.difference > tolerance for pair in pairs)}, most those of {moved.photo.name}, by "
            f"{number(moved.difference)}."
        ),
    )


def traced_padding(maps: Mapping[str, SizeMap], tolerance: float) -> Html:
    """The third story: padding computed in Python, which a tracer writes down as numbers."""
    traced = maps[TRACED]
    return join(
        size_map(traced, tolerance, "padding for each input"),
        note(
            f"The network pads rightly at every size; the file is right at {traced.right(tolerance)} of "
            f"{traced.differences.size}. Its axes promise any size, and at {traced.wrong(tolerance)} it takes the input and "
            "gives another answer than the network."
        ),
    )


def candidates(exported: Exported, maps: Mapping[str, SizeMap], tolerance: float) -> Html:
    """Every way to export: how often it is right, how large it is, how long an answer takes."""
    speeds = exported.speeds()
    rows = []
    for name in (*STORIES, *CANDIDATES):
        seen, path = maps[name], exported.paths[name]
        rows.append(
            (
                name,
                f"{seen.right(tolerance)} of {seen.differences.size}",
                str(len(onnx.load(path).graph.node)),
                f"{path.stat().st_size / 1e6:.1f} MB",
                f"{speeds[name]:.2f}×" if name in speeds else "",
                "✓ right" if seen.everywhere(tolerance) else "✗ wrong or refused elsewhere",
            )
        )
    headers = ("way", "right at", "nodes", "size", "time of an answer", "result")
    good = [name for name in CANDIDATES if maps[name].everywhere(tolerance)]
    if not good:
        return join(table(headers, rows), note("None of these ways is right at every size.", "warning"))
    best = min(good, key=lambda name: speeds[name])
    return join(
        table(headers, rows, caption="Ways to export; time in times of the statically padded file's, in this run"),
        note(
            f"{len(good)} of {len(CANDIDATES)} ways are right at every size. The fastest of them is {best}, at "
            f"{speeds[best]:.2f} times the statically padded file."
        ),
    )


def shipped(handoff: Handoff, seen: SizeMap, tolerance: float) -> Html:
    """The exported file over its whole domain, and whether that is what the network was trained as."""
    own = handoff.subject.padding
    against = {"same": "the network in PyTorch, padded for each input", "static": "the network in PyTorch, padded statically"}
    said = note(f"The exported file gives PyTorch's logits at {seen.right(tolerance)} of {seen.differences.size} sizes.")
    if own == "static":
        side = handoff.subject.image_size
        said = join(
            said,
            note(
                f"{handoff.subject.name} pads as for {side} × {side} at every size, in PyTorch as in the file. If it was "
                'trained or evaluated otherwise, put padding = "same" into its TOML file and export again.',
                "warning",
            ),
        )
    return join(size_map(seen, tolerance, against[own]), said)


def domain(stated: Domain, tried: int, passed: int, said: str) -> Html:
    """The domain as the file states it, and what the deployment answers beyond it."""
    return join(
        verbatim(said or "no error", "what the deployment answers outside of the domain"),
        note(
            f"The file states its domain: height and width from {stated.least} to {stated.most} pixels, each by itself, any "
            f"batch. The deployment refused {tried - passed} of {tried} sizes just outside of it."
        ),
    )
