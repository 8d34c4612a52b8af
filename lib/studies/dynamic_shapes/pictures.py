"""Pictures and tables of the sizes at which an exported network is right."""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from lib.compare.comparison import Comparison, most_divergent
from lib.inputs.subject import Subject
from lib.numbers import number, probability, signed
from lib.policy.results import listed
from lib.report.drawing import GREY, logarithmic, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, folded, join, note, table, verbatim
from lib.studies.dynamic_shapes.measure import ARTICLE, Drawn, Outside, SizeMap, Study
from lib.studies.dynamic_shapes.ways import CANDIDATES, FIXED, STATIC, TRACED

_LEAST, _MOST = 1e-7, 1e2  # ends of the colour scale, logits
_FOR_EACH_INPUT = "padding for each input"


@styled
def size_maps(maps: Sequence[SizeMap], against: str, name: str = "") -> Html:
    """Largest difference at every height and width; a cross where the likeliest class is another, hatched where refused.

    Args:
        maps: one or two, of the same tolerance, side by side under one scale.
        against: what the files are held against.
        name: the figure's id; empty for none.
    """
    count = max(len(seen.sides) for seen in maps)
    figure = blank(0.27 * count + 1.7 if len(maps) == 1 else 3.2)
    every = figure.subplots(1, len(maps), sharey=True, squeeze=False)[0]
    for axes, seen in zip(every, maps, strict=True):
        image = _drawn_map(axes, seen)
        axes.set_title(seen.name)
    every[0].set_ylabel("height, pixels")
    bar = figure.colorbar(
        image, ax=list(every), orientation="horizontal", shrink=0.8, aspect=35, label="largest difference, logits"
    )
    for color, width in (("white", 4), ("black", 1.5)):
        bar.ax.axvline(maps[0].tolerance, color=color, linewidth=width)
    logarithmic(bar.ax.xaxis)
    keys = [f"the line on the scale is the tolerance of {number(maps[0].tolerance)} logits"]
    keys += ["a cross marks another likeliest class"] * any(bool(seen.flips.any()) for seen in maps)
    keys += ["hatched sizes are refused"] * any(bool(seen.refused) for seen in maps)
    alt = (
        f"{'Map' if len(maps) == 1 else 'Two maps side by side'}, heights by widths from {maps[0].sides[0]} to "
        f"{maps[0].sides[-1]} pixels, one square a size, the darker the further from {against}."
    )
    said = "; ".join(f"{seen.name} is {_said(seen)}" for seen in maps)
    return show(figure, alt, f"{said[0].upper()}{said[1:]}. {keys[0][0].upper()}{', '.join(keys)[1:]}.", name)


def _drawn_map(axes: Axes, seen: SizeMap) -> AxesImage:
    colours = matplotlib.colormaps["cividis_r"].with_extremes(bad="#ffffff")
    shown = np.ma.masked_where(~np.isfinite(seen.differences), np.clip(seen.differences, _LEAST, _MOST))
    image = axes.imshow(shown, cmap=colours, norm=LogNorm(_LEAST, _MOST), origin="lower")
    rows, columns = np.nonzero(np.isinf(seen.differences))
    for row, column in zip(rows, columns, strict=True):
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, hatch="////", edgecolor=GREY, linewidth=0))
    rows, columns = np.nonzero(seen.flips)
    outlined = [withStroke(linewidth=3.4, foreground="black")]
    axes.plot(columns, rows, "x", color="white", markersize=6, markeredgewidth=1.6, path_effects=outlined)
    sides = [str(side) for side in seen.sides]
    axes.set_xticks(range(len(sides)), sides, rotation=90)
    axes.set_yticks(range(len(sides)), sides)
    axes.set_xlabel("width, pixels")
    return image


def _said(seen: SizeMap) -> str:
    parts = [f"right at {seen.right} of {seen.sizes} sizes"]
    if seen.wrong:
        answers = seen.differences[np.isfinite(seen.differences)]
        largest = f", by up to {number(float(answers.max()))} logits" if answers.size else ""
        parts.append(f"wrong at {seen.wrong} without an error{largest}")
        parts.append(f"another class at {int(seen.flips.sum())}")
    if seen.refused:
        parts.append(f"{seen.refused} refused")
    if not seen.wrong and not seen.refused:
        parts.append(f"the worst is off by {number(seen.worst)} logits")
    return ", ".join(parts)


def fixed_size(study: Study, subject: Subject) -> Html:
    """The first attempt: a file that takes one size, and what it answers to the article's photo."""
    side, seen, (height, width) = subject.image_size, study.ways[FIXED].seen, ARTICLE
    among = f", among them the article's {width} × {height}" if study.refusal else ""
    return join(
        verbatim(study.refusal or "no error"),
        note(
            f"Exported with the sizes left as they came, on {side} × {side}, the file is right at {seen.right} of {seen.sizes} "
            f"sizes, refuses {seen.refused} with an error{among}, and is wrong at {seen.wrong} without one."
        ),
    )


def static_padding(study: Study, subject: Subject) -> Html:
    """The second attempt: padding computed once, on the photos of this run."""
    classes, seen = subject.classes, study.ways[STATIC].seen
    rows = [
        (
            c.photo,
            f"{fed[1]}\u00a0×\u00a0{fed[0]}",
            number(c["infer"].largest),
            f"{classes[c.reference.top1]} {probability(c.reference.probability)}",
            signed(c.change),
            f"{classes[c.candidate.top1]} {probability(c.candidate.probability)}",
        )
        for c, fed in ((each.comparison, each.fed) for each in study.padded)
    ]
    headers = ("photo", "fed at, pixels", "logits off", "padded for each input", "change of it", "padded once")
    comparisons = [each.comparison for each in study.padded]
    said = note(
        f"Static padding is right at {seen.right} of {seen.sizes} sizes; it has to be where every halving meets the same "
        f"parity as at {subject.image_size}. {_moved(comparisons, study.tolerance)}"
    )
    if all(each["infer"].within(study.tolerance) for each in comparisons):
        return said
    caption = "The likeliest class and its probability: the same weights in PyTorch, padding computed for each input and once"
    return join(table(headers, rows, caption), said)


def _moved(comparisons: Sequence[Comparison], tolerance: float) -> str:
    """Of how many photos static padding moves the logits, and of which most."""
    beyond = sum(not each["infer"].within(tolerance) for each in comparisons)
    if not beyond:
        return "It moves the logits of none of this run's photos."
    most = most_divergent(comparisons)
    largest = number(most["infer"].largest)
    return f"Of this run's photos it moves the logits of {beyond}, most those of {most.photo}, by {largest}."


def traced_padding(study: Study) -> Html:
    """The third attempt, padding computed in Python, which a tracer writes down as numbers; the map shows the second too."""
    seen = study.ways[TRACED].seen
    return join(
        size_maps([study.ways[STATIC].seen, seen], _FOR_EACH_INPUT),
        note(
            f"The network pads anew for each size; the file is right at {seen.right} of {seen.sizes}. Its axes promise any "
            f"size, and at {seen.wrong} it takes the input and gives another answer than the network."
        ),
    )


def candidates(study: Study) -> Html:
    """Every way to export: how often it is right, how large it is, how long an answer takes."""
    rows = [
        (
            name,
            f"{way.seen.right} of {way.seen.sizes}",
            str(way.nodes),
            f"{way.megabytes:.1f}",
            "—" if math.isnan(way.ratio) else f"{way.ratio:.2f}×",
            "✓ right" if way.seen.everywhere else "✗ wrong or refused elsewhere",
        )
        for name, way in study.ways.items()
    ]
    headers = ("way", "sizes right", "nodes", "file, MB", "time", "result")
    caption = "Ways to export; the time of an answer in times of the statically padded file's, in this run"
    good = study.right_everywhere
    if not good:
        return join(table(headers, rows, caption), note("None of these ways is right at every size.", "warning"))
    best = min(good, key=lambda name: study.ways[name].ratio)
    return join(
        table(headers, rows, caption),
        note(
            f"{len(good)} of {len(CANDIDATES)} ways that compute the padding in the graph are right at every size. The fastest "
            f"of them is {best}, at {study.ways[best].ratio:.2f} times the statically padded file."
        ),
    )


def shipped(study: Study, subject: Subject) -> Html:
    """The exported file over its whole domain, and how the subject says that its network pads."""
    own, seen = subject.padding, study.shipped
    against = {"same": "the network in PyTorch, padded for each input", "static": "the network in PyTorch, padded statically"}
    worst = f", off by {number(seen.worst)} at most" if seen.everywhere else ""
    found = note(f"The exported file gives PyTorch's logits at {seen.right} of {seen.sizes} sizes{worst}.")
    drawn, said = size_maps([seen], against[own], "dynamic-shapes-shipped"), _drawn(study.drawn)
    if own == "static":
        side = subject.image_size
        said = join(
            said,
            note(
                f"{subject.name} pads as for {side} × {side} at every size, in PyTorch as in the file. If it was "
                'trained or evaluated otherwise, put padding = "same" into its TOML file and export again.',
                "warning",
            ),
        )
    if seen.everywhere:
        return join(found, said, folded("The map of these sizes, all of them right", drawn))
    return join(drawn, found, said)


def _drawn(measured: Drawn) -> Html:
    count, wrong = len(measured.found), measured.wrong
    said = f"Of {count} more, drawn at random over the whole domain with the seed {measured.seed}, "
    if wrong:
        return note(f"{said}it is off by more than {number(measured.tolerance)} logits at {listed(wrong)}.", "warning")
    return note(f"{said}none is off by more than {number(measured.worst)} logits.")


def domain(outside: Outside) -> Html:
    """The domain as the file states it, and what the deployment answers beyond it."""
    stated = outside.domain
    return join(
        verbatim(outside.said or "no error"),
        note(
            f"The file states its domain: height and width from {stated.least} to {stated.most} pixels, each by itself, any "
            f"batch. The deployment refused {outside.tried - outside.taken} of {outside.tried} sizes just outside of it."
        ),
    )
