"""Pictures and tables of what resizes do to pixels and to answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from numpy.typing import NDArray

from lib.numbers import number, probability, signed
from lib.report.drawing import BLUE, DARK, GREEN, GREY, VERMILION, apart, logarithmic, over_all, shortened, show, styled
from lib.report.drawing import figure as blank
from lib.studies.resize.pictures import change_map
from lib.report.html import Html, join, note, table
from lib.studies.interpolation.measure import COLUMNS, FACTORS, GRID, Filtered, Inversion, agreeing, busiest, inversions, kernels
from lib.mistakes import COLOUR, KERNELS

SCALE = 16  # levels at both ends of the colour scale, the same in every signed heatmap
DETAIL = 28  # pixels along the side of a detail
# Drawn in colour and named beside their lines; the others stay grey.
FOLLOWED = {
    "OpenCV nearest": DARK,
    "OpenCV linear": VERMILION,
    "OpenCV area": BLUE,
    "Pillow bicubic": "#CC79A7",
    "scikit-image, antialiased": GREEN,
    "ONNX linear, antialiased": "#8a6d00",
}


@styled
def grid(seen: Sequence[Filtered]) -> Html:
    """One detail of one photo through every resize: filter by library and antialiasing. Equal letters agree within a level."""
    by_name = {each.name: each for each in seen}
    groups = agreeing(seen)
    letter = {each.name: chr(ord("A") + i) for i, group in enumerate(groups) for each in group}
    left, top = busiest(seen, DETAIL)
    figure = blank(0.69 * len(GRID))
    panels = figure.subplots(len(GRID), len(COLUMNS), squeeze=False)
    for (row, cells), line in zip(GRID.items(), panels, strict=True):
        for column, axes in zip(COLUMNS, line, strict=True):
            axes.set(xticks=[], yticks=[])
            if row == next(iter(GRID)):
                axes.set_title(column.replace(", ", ",\n").replace("-", "-\n"), fontsize=7.5, loc="center")
            if column == COLUMNS[0]:
                axes.set_ylabel(row.replace(", ", ",\n"), rotation=0, ha="right", va="center", fontsize=8)
            if column not in cells:
                for spine in axes.spines.values():
                    spine.set_visible(False)
                axes.set_facecolor("#f4f5f6")
                continue
            each = by_name[cells[column]]
            shared = sum(letter[name] == letter[each.name] for name in letter) > 1
            axes.imshow(each.trace.resize[top : top + DETAIL, left : left + DETAIL])
            label = f"{letter[each.name]}  {number(round(each.mean, 2))}"
            weight, color = ("bold", BLUE) if shared else ("normal", DARK)
            axes.set_xlabel(label, fontsize=7.5, labelpad=1.5, fontweight=weight, color=color)
    together = "; ".join(", ".join(each.name for each in group) for group in groups if len(group) > 1)
    right = next((group for group in groups if any(each.largest == 0 for each in group)), [])
    said = f"{len(seen)} resizes of {seen[0].photo.name} fall into {len(groups)} groups that agree within one level; "
    said += f"{len(right)} agree with the reference" if right else "none agrees with the reference"
    return show(
        figure,
        f"A detail of {DETAIL} by {DETAIL} pixels through every library and filter: {said}. These agree: {together}.",
        f"{said}. Under each detail: its group's letter, and its mean error in levels. Letters in blue are shared. "
        "AA: antialiased, as all of Pillow's filters are but nearest.",
        photographic=True,
    )


@styled
def signed_heatmaps(seen: Sequence[Filtered]) -> Html:
    """Where each filter is too dark or too light, on one scale, over the faint photo."""
    columns = 3
    rows = -(-len(seen) // columns)
    height, width = seen[0].error.shape[:2]
    figure = blank(rows * (5.2 / columns * min(1.6, height / width) + 0.33) + 0.7)
    panels = figure.subplots(rows, columns, squeeze=False)
    faint = 118 + 0.25 * (seen[0].reference.resize.mean(axis=2) - 118)
    for axes in panels.ravel():
        axes.axis("off")
    image: Any = None
    for axes, each in zip(panels.ravel(), seen, strict=False):
        error = each.error.mean(axis=2)
        strength = np.clip(np.abs(error) / SCALE, 0, 1)
        axes.imshow(faint, cmap="gray", vmin=0, vmax=255)
        opacity = strength**0.5
        image = axes.imshow(error, cmap="cividis", vmin=-SCALE, vmax=SCALE, alpha=opacity)
        axes.set_title(shortened(each.name), fontsize=7, fontweight="normal")
    bar = figure.colorbar(image, ax=panels, orientation="horizontal", shrink=0.7, aspect=40, pad=0.01, extend="both")
    bar.set_label("levels: too dark  ←  0  →  too light")
    worst = max(seen, key=lambda each: each.mean)
    biased = max(seen, key=lambda each: abs(each.bias))
    said = f"On {seen[0].photo.name} {worst.name} errs most, by {number(worst.mean)} levels on average, at edges; "
    said += f"{biased.name} shifts the whole picture most, by {signed(biased.bias, 2)} levels"
    return show(
        figure,
        f"Signed error maps of {len(seen)} resizes: {said}.",
        f"{said}. All maps share one scale; dark is too dark, bright too light, AA short for antialiased.",
        photographic=True,
    )


@styled
def histograms(seen: Sequence[Filtered]) -> Html:
    """How often each error occurs, one filter a row: a histogram as a strip, on a logarithmic scale."""
    reach = 64
    edges = np.arange(-reach - 0.5, reach + 1.5)
    ordered = sorted(seen, key=lambda each: each.mean)
    shares = np.array([np.histogram(np.clip(each.error, -reach, reach), edges)[0] / each.error.size for each in ordered])
    figure = blank(0.23 * len(ordered) + 2.0)
    axes = figure.subplots()
    filled = np.ma.masked_equal(shares, 0)
    extent = (-reach - 0.5, reach + 0.5, len(ordered) - 0.5, -0.5)
    image = axes.imshow(filled, aspect="auto", cmap="cividis_r", norm=LogNorm(1e-5, 1), extent=extent, interpolation="nearest")
    axes.set_yticks(range(len(ordered)), [shortened(each.name) for each in ordered], fontsize=8)
    axes.set_xlabel("error in levels (ends: 64 or more)")
    bar = figure.colorbar(image, label="share of the values", orientation="horizontal", shrink=0.7, aspect=40)
    logarithmic(bar.ax.xaxis)
    over_all(figure, "How often each error occurs")
    exact = [each for each in ordered if each.largest == 0]
    near = [each for each in ordered if 0 < each.largest <= 1]
    said = f"{len(exact)} of {len(ordered)} resizes equal the reference in every value, {len(near)} more stay within one "
    said += f"level; the widest, {ordered[-1].name}, reaches {number(ordered[-1].largest)} levels"
    return show(figure, f"Histograms of errors: {said}.", f"{said[0].upper()}{said[1:]}.")


@styled
def growth(errors: Mapping[str, Sequence[float]], name: str) -> Html:
    """Mean error against the downscale factor, one line a filter."""
    figure = blank(3.9)
    axes = figure.subplots()
    for filter_name, values in errors.items():
        colour = FOLLOWED.get(filter_name)
        axes.plot(FACTORS, values, color=colour or GREY, linewidth=1.9 if colour else 0.7, alpha=1 if colour else 0.6)
    ends = apart([errors[n][-1] for n in FOLLOWED], 0.055 * max(max(values) for values in errors.values()))
    for (filter_name, colour), y in zip(FOLLOWED.items(), ends, strict=True):
        axes.annotate(filter_name, (FACTORS[-1] * 1.03, y), color=colour, va="center", fontsize=8, annotation_clip=False)
    axes.set_xscale("log")
    ticks = (1.1, 1.5, 2, 3, 4, 6, 8, 12)
    axes.set_xticks(ticks, [f"{tick:g}×" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlim(FACTORS[0], FACTORS[-1] * 2.6)
    axes.spines["bottom"].set_bounds(FACTORS[0], FACTORS[-1])
    axes.set_xlabel("downscale factor")
    axes.set_ylabel("mean error, levels")
    axes.set_title("Error by downscale factor")
    linear, area = errors["OpenCV linear"], errors["OpenCV area"]
    said = f"On {name} the error of OpenCV linear grows from {number(linear[0])} levels at {FACTORS[0]:g}× to "
    said += f"{number(linear[-1])} at {FACTORS[-1]:g}×, that of OpenCV area from {number(area[0])} to {number(area[-1])}"
    return show(figure, f"Error against downscale factor: {said}.", f"{said}. Grey lines: the other resizes of the table.")


def growth_table(errors: Mapping[str, Sequence[float]]) -> Html:
    """Mean error at some of the factors, every filter."""
    columns = [i for i, factor in enumerate(FACTORS) if factor in (1.1, 1.5, 2, 3, 4, 6, 8, 12)]
    rows = [(name, *(f"{values[i]:.2f}" for i in columns)) for name, values in errors.items()]
    return table(("resize", *(f"{FACTORS[i]:g}×" for i in columns)), rows, caption="Mean error in levels by downscale factor")


def pixels(seen: Sequence[Filtered]) -> Html:
    """What each filter does to the pixels of a photo."""
    rows = [
        (
            each.name,
            number(each.largest),
            f"{each.mean:.2f}",
            "∞" if np.isinf(each.psnr) else f"{each.psnr:.1f} dB",
            "" if np.isnan(each.ssim) else f"{each.ssim:.4f}",
            signed(each.bias, 2),
        )
        for each in seen
    ]
    headers = ("resize", "max", "mean", "PSNR", "SSIM", "bias")
    return table(headers, rows, caption=f"{seen[0].photo.name}: error of the network's picture in levels (0 to 255)")


def answers(seen: Sequence[Filtered]) -> Html:
    """What each filter does to the answer on a photo."""
    first = seen[0].reference
    second, best = np.sort(first.infer[0])[-2:]
    rows = [
        ("the reference", "", "", f"{best - second:.2f}", probability(float(first.score.max())), "5 of 5"),
        *(
            (
                each.name,
                number(each.logits),
                f"{each.moved:.4f}",
                f"{each.margin:.2f}",
                signed(each.change),
                f"{each.kept} of 5" + " (another class wins)" * each.flipped,
            )
            for each in seen
        ),
    ]
    headers = (
        "resize",
        "logits, max",
        "probability that changes class",
        "margin, logits",
        "reference's class",
        "top five kept",
    )
    return table(headers, rows, caption=f"{seen[0].photo.name}: what the filter does to the answer")


def changes(every: Sequence[Mapping[str, Filtered]]) -> Html:
    """The change map of the filters and colour mistakes over all photos."""
    names = [mistake.name for mistake in (*KERNELS, *COLOUR)]
    values = np.array([[seen[name].change for seen in every] for name in names])
    flips = np.array([[seen[name].flipped for seen in every] for name in names])
    photos = [next(iter(seen.values())).photo for seen in every]
    return change_map(photos, names, values, flips, "What the filter does to the answer")


@styled
def _scatter(every: Sequence[Mapping[str, Filtered]], named: Sequence[Inversion]) -> Html:
    figure = blank(4.0)
    axes = figure.subplots()
    families = (
        ("filter", {m.name for m in KERNELS}, BLUE, "o"),
        ("colour", {m.name for m in COLOUR}, VERMILION, "^"),
        ("shifted by one", {"shifted by one"}, GREEN, "s"),
    )
    for label, names, colour, marker in families:
        points = _points([each for seen in every for each in seen.values() if each.name in names and each.mean > 0])
        axes.scatter(points[:, 0], points[:, 1], s=14, color=colour, marker=marker, alpha=0.65, label=label, linewidths=0)
    for i, inversion in enumerate(named, 1):
        ends = _points([inversion.harmful, inversion.harmless])
        axes.plot(ends[:, 0], ends[:, 1], color=DARK, linewidth=0.9)
        axes.annotate(str(i), ends[0], xytext=(-9, 3), textcoords="offset points", fontsize=9, fontweight="bold")
    _log_axes(axes)
    axes.legend(fontsize=8.5, loc="lower right")
    axes.set_title("Pixel distance against the answer")
    found, pairs = inversions(every)
    share = len(found) / pairs if pairs else 0.0
    said = f"Of {pairs} pairs of mistakes on the same photo, pixel distance ranks {len(found)} ({share:.0%}) the wrong way"
    return show(figure, f"Scatter plot: {said}.", f"{said}. Numbered lines join the pairs named below.")


def _log_axes(axes: Axes) -> None:
    axes.set(xscale="log", yscale="log")
    logarithmic(axes.xaxis)
    logarithmic(axes.yaxis)
    axes.set_xlabel("mean error of the picture, levels")
    axes.set_ylabel("probability that changes class")


def _points(seen: Sequence[Filtered]) -> NDArray[np.float64]:
    return np.array([(each.mean, max(each.moved, 1e-6)) for each in seen], dtype=np.float64).reshape(-1, 2)


def distance_against_answer(every: Sequence[Mapping[str, Filtered]], named: int = 3) -> Html:
    """Pixel distance against what happens to the answer, with the most striking rank inversions, one a photo, by name."""
    striking: dict[str, Inversion] = {}
    for inversion in inversions(every)[0]:
        striking.setdefault(inversion.harmless.photo.name, inversion)
    chosen = list(striking.values())[:named]
    sentences = [
        f"{i}. {inversion.harmless.photo.name}: {inversion.harmless.name} is off by {number(inversion.harmless.mean)} levels "
        f"and moves {probability(inversion.harmless.moved)} of probability; {inversion.harmful.name} is off by only "
        f"{number(inversion.harmful.mean)} levels and moves {probability(inversion.harmful.moved)}."
        for i, inversion in enumerate(chosen, 1)
    ]
    return join(_scatter(every, chosen), *(note(sentence) for sentence in sentences))


def finding(every: Sequence[Mapping[str, Filtered]]) -> Html:
    """What antialiasing is worth against the filter's name, over all photos, in a sentence."""
    means = {each.name: float(np.mean([seen[each.name].mean for seen in every])) for each in kernels(every[0])}
    return note(
        f"Over {len(every)} photos the same word, linear, errs by {number(means['OpenCV linear'])} levels in OpenCV and by "
        f"{number(means['torch bilinear, antialiased'])} in torch with antialias on; another filter with antialiasing, Pillow "
        f"bicubic, errs by {number(means['Pillow bicubic'])}."
    )
