"""Pictures for notebooks and reports. Each carries alt text that states its finding."""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator
from numpy.typing import NDArray

from lib.checks import number, probability, signed
from lib.compare import max_abs_difference, top1
from lib.deploy import Trace
from lib.deploy.stages import decode
from lib.drawing import (
    BLUE,
    DARK,
    GREEN,
    GREY,
    PALE_BLUE,
    PALE_VERMILION,
    PICTURED,
    VERMILION,
    apart,
    logarithmic,
    over_all,
    show,
    styled,
)
from lib.drawing import figure as blank
from lib.html import Html, join
from lib.parity import Climb
from lib.photos import Photo
from lib.swish import Attempt

BARS = 24  # photos that a bar chart of all photos shows at most


@styled
def gallery(photos: Sequence[Photo]) -> Html:
    """Thumbnails of the first photos with their names and sizes."""
    shown = photos[:PICTURED]
    columns = min(3, len(shown))
    rows = math.ceil(len(shown) / columns)
    figure = blank(1.9 * rows)
    for axes, photo in _grid(figure, rows, columns, shown):
        axes.imshow(_thumbnail(photo))
        axes.set_title(f"{photo.name}\n{photo.size[0]}×{photo.size[1]}, {photo.kind}", fontsize=8.5, fontweight="normal")
        axes.axis("off")
    names = ", ".join(f"{photo.name} ({photo.size[0]} by {photo.size[1]} pixels)" for photo in shown)
    rest = f" The first {len(shown)} of {len(photos)} are shown." if len(photos) > len(shown) else ""
    return show(figure, f"Thumbnails of the photos in this run: {names}.", f"The photos of this run.{rest}", photographic=True)


@styled
def inventory(counts: Mapping[str, Mapping[str, int]]) -> Html:
    """How many nodes of each operator each graph has: horizontal bars, one panel a graph."""
    lengths = [len(operators) for operators in counts.values()]
    figure = blank(0.27 * sum(lengths) + 0.9 * len(counts))
    panels = figure.subplots(len(counts), 1, squeeze=False, gridspec_kw={"height_ratios": [n + 2 for n in lengths]})[:, 0]
    for axes, (name, operators) in zip(panels, counts.items(), strict=True):
        ordered = sorted(operators.items(), key=lambda item: item[1])
        bars = axes.barh([op for op, _ in ordered], [n for _, n in ordered], color=BLUE)
        axes.bar_label(bars, padding=3)
        axes.set_title(textwrap.fill(f"{name}: {sum(operators.values())} nodes", 40))
        axes.set_xlabel("nodes")
        axes.margins(x=0.1)
    said = "; ".join(
        f"{name} has {sum(operators.values())} nodes, most of them "
        + ", ".join(f"{op} ({n})" for op, n in sorted(operators.items(), key=lambda item: -item[1])[:3])
        for name, operators in counts.items()
    )
    return show(figure, f"Bar chart of operators: {said}.", f"What is in the file, by operator: {said}.")


@styled
def differences(values: Mapping[str, float], tolerance: float, title: str, unit: str) -> Html:
    """One bar a photo on a logarithmic scale, with the tolerance as a line; the largest ones where there are many photos."""
    # a NaN is drawn as infinitely large, and so comes first
    ordered = sorted(values, key=lambda name: -np.nan_to_num(values[name], nan=np.inf))[:BARS]
    names = [name for name in values if name in ordered][::-1]
    figure = blank(0.34 * len(names) + 1.2)
    axes = figure.subplots()
    drawn = [min(max(values[name], 1e-9), 1e6) if math.isfinite(values[name]) else 1e6 for name in names]
    within = [values[name] <= tolerance for name in names]
    count = sum(value <= tolerance for value in values.values())
    axes.barh(names, drawn, color=[BLUE if ok else VERMILION for ok in within])
    for y, name in enumerate(names):
        axes.annotate(number(values[name]), (drawn[y], y), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_xscale("log")
    logarithmic(axes.xaxis)
    axes.axvline(tolerance, color=VERMILION, linestyle="--")
    axes.annotate("tolerance", (tolerance, len(names) - 0.45), color=VERMILION, ha="center", va="bottom", annotation_clip=False)
    axes.set_xlim(1e-9, max(*drawn, tolerance) * 30)
    axes.xaxis.set_major_locator(LogLocator(100))
    axes.set_xlabel(f"{unit}, logarithmic scale")
    over_all(figure, title)
    said = f"{count} of {len(values)} photos stay within the tolerance of {number(tolerance)} {unit}"
    largest = number(float(np.max(list(values.values()))))
    return show(figure, f"{title}: {said}; the largest is {largest}.", f"{title}: {said}.")


@styled
def distances(names: Sequence[str], outputs: Sequence[NDArray[Any]], grey: NDArray[Any]) -> Html:
    """How far the logits of any two photos, and those of a plain grey input, are apart: a map of pairs."""
    shown = [*names[: PICTURED - 1], "plain grey"]
    drawn = [*outputs[: PICTURED - 1], grey]
    table = np.array([[max_abs_difference(a, b) for b in drawn] for a in drawn])
    figure = blank(0.31 * len(shown) + 1.5)
    axes = figure.subplots()
    image = axes.imshow(table, cmap="cividis", vmin=0)
    axes.set_xticks(range(len(shown)), shown, rotation=40, ha="right")
    axes.set_yticks(range(len(shown)), shown)
    middle = np.nanmax(table) / 2 if np.isfinite(table).any() else 0
    for (y, x), value in np.ndenumerate(table):
        text = number(round(value, 1))
        axes.text(x, y, text, ha="center", va="center", color="white" if value < middle else "black", fontsize=8.5)
    figure.colorbar(image, label="largest difference, logits", shrink=0.6)
    axes.set_title("Logits move with the photo")
    least = number(float(table[~np.eye(len(shown), dtype=bool)].min()))
    return show(
        figure,
        f"Map of how far the logits of each pair of inputs are apart; the closest pair differs by {least}.",
        f"Largest difference in any logit between two inputs. The closest pair differs by {least}: outputs that did not "
        "move would make every comparison pass.",
    )


@styled
def chains(named: Mapping[str, Sequence[str]]) -> Html:
    """Operators in a row, one row a graph; a call back into Python is marked."""
    figure = blank(0.95 * len(named) + 0.2)
    axes = figure.subplots()
    axes.set(xlim=(0, 1), ylim=(0, len(named)))
    axes.axis("off")
    for row, (name, operators) in enumerate(named.items()):
        y = len(named) - row - 0.65
        axes.text(0, y + 0.38, name, fontweight="bold")
        boxes = []
        for i, operator in enumerate(operators):
            face, edge = (PALE_VERMILION, VERMILION) if "PythonOp" in operator else (PALE_BLUE, BLUE)
            box = {"boxstyle": "round,pad=0.4", "facecolor": face, "edgecolor": edge}
            x = (i + 0.5) / len(operators)
            boxes.append(axes.text(x, y, operator.replace(" ", "\n"), ha="center", va="center", bbox=box, fontsize=9))
        for left, right in itertools.pairwise(boxes):
            ends = {"patchA": left.get_bbox_patch(), "patchB": right.get_bbox_patch()}
            arrow = {"arrowstyle": "->", "color": DARK, "shrinkA": 0, "shrinkB": 2, **ends}
            axes.annotate("", right.get_position(), left.get_position(), arrowprops=arrow)
    said = "The graph around the first activation. "
    said += "; ".join(f"{name}: {' then '.join(operators)}" for name, operators in named.items())
    return show(figure, f"{said}.", f"{said}.")


@styled
def matrix(attempts: Sequence[Attempt], title: str) -> Html:
    """Outcomes of exports as a grid: one row a thing exported, one column a way of exporting."""
    ways = list(dict.fromkeys((a.exporter, a.setting) for a in attempts))
    things = list(dict.fromkeys(a.what for a in attempts))
    figure = blank(0.5 * len(things) + 1.3)
    axes = figure.subplots()
    axes.set(xlim=(0, len(ways)), ylim=(len(things), 0))
    for attempt in attempts:
        x, y = ways.index((attempt.exporter, attempt.setting)), things.index(attempt.what)
        face, mark = (PALE_VERMILION, "✗ fails") if attempt.error else (PALE_BLUE, "✓ exports")
        axes.fill([x, x + 1, x + 1, x], [y, y, y + 1, y + 1], facecolor=face, edgecolor="white", linewidth=3)
        color, weight = (VERMILION, "bold") if attempt.error else (BLUE, "normal")
        axes.text(x + 0.5, y + 0.5, mark, ha="center", va="center", color=color, fontweight=weight)
    axes.set_xticks(np.arange(len(ways)) + 0.5, ["\n".join(way) for way in ways])
    axes.set_yticks(np.arange(len(things)) + 0.5, things)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_title(title)
    failed = [f"{a.what} through {a.exporter}, {a.setting}" for a in attempts if a.error]
    said = f"{len(attempts) - len(failed)} of {len(attempts)} exports succeed"
    said += f"; it fails for {'; '.join(failed)}" if failed else "; none fails"
    return show(figure, f"{title}: {said}.", f"{title}: {said}.")


@styled
def memory(values: Mapping[str, float], batch: int) -> Html:
    """Mebibytes that autograd keeps for the backward pass, one bar a swish."""
    figure = blank(0.5 * len(values) + 1.1)
    axes = figure.subplots()
    names = list(values)[::-1]
    bars = axes.barh(names, [values[name] for name in names], color=BLUE)
    axes.bar_label(bars, fmt="%.0f MiB", padding=3)
    axes.margins(x=0.18)
    axes.set_xlabel(f"MiB kept, batch of {batch}")
    over_all(figure, "What each swish keeps for the backward pass")
    said = ", ".join(f"{name} {values[name]:.0f} MiB" for name in values)
    return show(figure, f"Bar chart of training memory: {said}.", f"Activations kept for one training step: {said}.")


@styled
def seen_by_the_model(photo: Photo, traces: Mapping[str, Trace], classes: Sequence[str]) -> Html:
    """What pipelines feed the network for one photo, side by side, and the five likeliest classes of each.

    Args:
        photo: the photo.
        traces: by the pipeline's name; the last one is the reference.
        classes: class names in the order of the probabilities.
    """
    figure = blank(4.6)
    grid = figure.add_gridspec(2, len(traces), height_ratios=(1.25, 1))
    target = top1(list(traces.values())[-1].score)
    said = []
    for column, (name, trace) in enumerate(traces.items()):
        size = f"{trace.resize.shape[1]}×{trace.resize.shape[0]}"
        axes = figure.add_subplot(grid[0, column])
        axes.imshow(trace.resize)
        axes.set_title(f"{name}\n{size}")
        axes.axis("off")
        _likeliest(figure.add_subplot(grid[1, column]), trace.score[0], target, classes)
        said.append(f"{name} sees {size} pixels and gives {classes[target]} {probability(trace.score[0, target])}")
    return show(
        figure,
        f"{photo.name} as {len(traces)} pipelines feed it to the network: {'; '.join(said)}.",
        f"{photo.name}: {'; '.join(said)}. The class that the reference finds likeliest is drawn in green.",
        photographic=True,
    )


def _likeliest(axes: Axes, probabilities: NDArray[Any], target: int, classes: Sequence[str]) -> None:
    axes.set_xlim(0, 1.25)
    axes.set_xticks([0, 0.5, 1])
    axes.set_xlabel("probability", fontsize=9)
    if not np.isfinite(probabilities).all():
        axes.set_yticks([])
        axes.text(0.6, 0.5, "NaN: no answer", color=VERMILION, fontweight="bold", ha="center", va="center")
        return
    top = np.argsort(probabilities)[::-1][:5][::-1]
    rows = range(len(top))
    bars = axes.barh(rows, probabilities[top], color=[GREEN if i == target else GREY for i in top])
    axes.bar_label(bars, fmt="%.3f", padding=2, fontsize=9)
    axes.set_yticks(rows, [_short(classes[i], 17) for i in top], fontsize=9)


@styled
def ladder(climbs: Sequence[Climb]) -> Html:
    """Probability of the reference's class at each step, one line a photo."""
    shown = climbs[:PICTURED]
    figure = blank(4.2)
    axes = figure.subplots()
    steps = [rung.name.replace(" ", "\n") for rung in shown[0].rungs]
    ends = sorted(shown, key=lambda c: np.nan_to_num(c.rungs[-1].probability))
    heights = apart([float(np.nan_to_num(c.rungs[-1].probability)) for c in ends], 0.055)
    colors = matplotlib.colormaps["cividis"](np.linspace(0, 0.6, len(ends)))
    for climb, height, color in zip(ends, heights, colors, strict=True):
        line = [rung.probability for rung in climb.rungs]
        axes.plot(steps, line, marker="o", color=color)
        flips = [i for i, rung in enumerate(climb.rungs) if rung.flipped]
        axes.plot(flips, [line[i] for i in flips], "X", color=VERMILION, markersize=11, zorder=3)
        axes.annotate(
            climb.photo.name,
            (len(steps) - 1, line[-1]),
            (len(steps) - 0.88, height),
            va="center",
            color=color,
            fontsize=9,
            annotation_clip=False,
        )
    axes.set_xlim(-0.15, len(steps) - 0.1)
    axes.tick_params(axis="x", labelsize=8.5)
    axes.set_ylim(-0.03, 1.03)
    axes.set_ylabel("probability of the reference's class")
    axes.set_title("From the naive deployment to the reference")
    gaps = [abs(c.gap) for c in climbs]
    flipped = sum(c.rungs[0].flipped for c in climbs)
    said = (
        f"the naive deployment is off by up to {number(float(np.max(gaps)))} in probability and names another class on "
        f"{flipped} of {len(climbs)} photos; the deployment as it is is off by at most "
        f"{number(float(np.max([abs(c.rungs[-1].probability - c.rungs[-2].probability) for c in climbs])))}"
    )
    return show(
        figure,
        f"Line chart of probabilities over the steps {', '.join(rung.name for rung in climbs[0].rungs)}: {said}.",
        f"Each line is a photo; a cross marks a step whose likeliest class is another one. In short: {said}.",
    )


@styled
def waterfall(climb: Climb) -> Html:
    """From the naive probability to the reference's, each block's Shapley share as one step."""
    figure = blank(2.3)
    axes = figure.subplots()
    start, end = climb.rungs[0].probability, climb.rungs[-1].probability
    rows = [climb.rungs[0].name, *climb.shares, climb.rungs[-1].name]
    axes.barh(0, start, color=GREY)
    axes.barh(len(rows) - 1, end, color=DARK)
    level = start
    reach = [start, end]
    for row, share in enumerate(climb.shares.values(), start=1):
        axes.barh(row, share, left=level, color=BLUE if share >= 0 else VERMILION)
        axes.plot([level, level], [row - 1.4, row + 0.4], color=GREY, linewidth=0.8)
        level += share
        reach.append(level)
        _beside(axes, signed(share), max(level, level - share), row)
    _beside(axes, probability(start), start, 0)
    _beside(axes, probability(end), end, len(rows) - 1)
    axes.set_yticks(range(len(rows)), rows, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, float(np.nanmax([0.1, *reach])) * 1.18)
    axes.set_xlabel("probability of the reference's class", fontsize=9)
    axes.set_title(climb.photo.name)
    said = f"{climb.photo.name} goes from {probability(start)} to {probability(end)}"
    most = signed(climb.shares[climb.culprit])
    if most != "0":
        said += f", most of it by {climb.culprit} ({most})"
    else:
        said += ": no block moves it"
    return show(figure, f"Waterfall chart: {said}.", f"{said}.")


def waterfalls(climbs: Sequence[Climb]) -> Html:
    """A :func:`waterfall` for each of the first photos."""
    return join(*(waterfall(climb) for climb in climbs[:PICTURED]))


def _beside(axes: Axes, text: str, x: float, y: float) -> None:
    axes.annotate(text, (x, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9)


def _grid(figure: Figure, rows: int, columns: int, things: Sequence[Any]) -> list[tuple[Axes, Any]]:
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels[len(things) :]:
        axes.axis("off")
    return list(zip(panels, things, strict=False))


def _thumbnail(photo: Photo) -> NDArray[Any]:
    image = decode(photo.data)
    image.thumbnail((240, 240))
    return np.asarray(image)


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
