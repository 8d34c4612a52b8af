"""Pictures and tables of the sizes at which an exported network is right."""

from __future__ import annotations

import math

import matplotlib
import numpy as np
from matplotlib.colors import LogNorm

from lib.compare.comparison import most_divergent
from lib.inputs.subject import Subject
from lib.numbers import number, probability, signed
from lib.policy.results import listed
from lib.report.drawing import VERMILION, logarithmic, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, join, note, table, verbatim
from lib.studies.dynamic_shapes.measure import ARTICLE, Drawn, Outside, SizeMap, Study
from lib.studies.dynamic_shapes.ways import CANDIDATES, FIXED, STATIC, TRACED

_LEAST, _MOST = 1e-7, 1e2  # ends of the colour scale, logits
_FOR_EACH_INPUT = "padding for each input"


@styled
def size_map(seen: SizeMap, against: str) -> Html:
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
    bar.ax.axvline(seen.tolerance, color=VERMILION, linewidth=2)
    logarithmic(bar.ax.xaxis)
    over_all(figure, seen.name)
    said = _said(seen)
    keys = [f"the line on the scale is the tolerance of {number(seen.tolerance)}"]
    keys += ["a cross marks another likeliest class"] * bool(seen.flips.any())
    keys += ["hatched sizes are refused"] * bool(refused.any())
    return show(figure, f"Map of sizes, {seen.name} against {against}: {said}.", f"{seen.name}: {said}; {', '.join(keys)}.")


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
    """The second attempt: padding computed once, on the map and on the photos of this run."""
    classes, seen = subject.classes, study.ways[STATIC].seen
    rows = [
        (
            c.photo,
            f"{fed[1]} × {fed[0]}",
            f"{number(c['infer'].largest)} logits",
            f"{classes[c.reference.top1]} {probability(c.reference.probability)}",
            signed(c.change),
            f"{classes[c.candidate.top1]} {probability(c.candidate.probability)}",
        )
        for c, fed in ((each.comparison, each.fed) for each in study.padded)
    ]
    headers = ("photo", "fed at", "difference", "padded for each input", "change of it", "padded once")
    comparisons = [each.comparison for each in study.padded]
    moved = most_divergent(comparisons)
    return join(
        size_map(seen, _FOR_EACH_INPUT),
        table(headers, rows, caption="The same weights in PyTorch, padding computed for each input and once"),
        note(
            f"Static padding is right where every halving meets the same parity as at {subject.image_size}: at {seen.right} of "
            f"{seen.sizes} sizes. Of this run's photos it moves the logits of "
            f"{sum(not c['infer'].within(study.tolerance) for c in comparisons)}, most those of {moved.photo}, by "
            f"{number(moved['infer'].largest)}."
        ),
    )


def traced_padding(study: Study) -> Html:
    """The third attempt: padding computed in Python, which a tracer writes down as numbers."""
    seen = study.ways[TRACED].seen
    return join(
        size_map(seen, _FOR_EACH_INPUT),
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
            f"{way.megabytes:.1f} MB",
            "" if math.isnan(way.ratio) else f"{way.ratio:.2f}×",
            "✓ right" if way.seen.everywhere else "✗ wrong or refused elsewhere",
        )
        for name, way in study.ways.items()
    ]
    headers = ("way", "right at", "nodes", "size", "time of an answer", "result")
    caption = "Ways to export; time in times of the statically padded file's, in this run"
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
    said = join(note(f"The exported file gives PyTorch's logits at {seen.right} of {seen.sizes} sizes."), _drawn(study.drawn))
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
    return join(size_map(seen, against[own]), said)


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
