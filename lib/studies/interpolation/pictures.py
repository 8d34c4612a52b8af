"""Pictures and tables of what resizes do to pixels and to answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from numpy.typing import NDArray

from lib.compare.comparison import TOP
from lib.deploy.contract import FILTERS as KERNELS
from lib.mistakes import COLOUR, FILTERS
from lib.mistakes.resizers import RESIZERS
from lib.numbers import number, probability, signed
from lib.report import gallery
from lib.report.change_map import change_map
from lib.report.drawing import BLUE, DARK, GREEN, GREY, VERMILION, apart, logarithmic, over_all, shortened, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, join, note, table
from lib.studies.interpolation.measure import (
    COLUMNS,
    FACTORS,
    GRID,
    LEAST_MOVED,
    Drawn,
    Inversion,
    Inversions,
    PixelError,
    agreeing,
    busiest,
)

SCALE = 16  # levels at both ends of the colour scale, the same in every signed map
DETAIL = 28  # pixels along the side of a detail
TICKS = (1.1, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)  # of the factors, those with a number
NAMED = 3  # inversions that are told in words
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
def grid(seen: Sequence[Drawn]) -> Html:
    """One detail of one photo through every resize: filter by library and antialiasing. Equal letters agree within a level."""
    by_name = {each.name: each for each in seen}
    groups = agreeing(seen)
    letters = {each.name: f"{ascii_uppercase[i % 26]}{i // 26 or ''}" for i, group in enumerate(groups) for each in group}
    shared = {each.name for group in groups if len(group) > 1 for each in group}
    left, top = busiest(seen, DETAIL)
    figure = blank(0.69 * len(GRID))
    panels = figure.subplots(len(GRID), len(COLUMNS), squeeze=False)
    _headings(panels)
    for cells, line in zip(GRID.values(), panels, strict=True):
        for column, axes in zip(COLUMNS, line, strict=True):
            axes.set(xticks=[], yticks=[])
            if column not in cells:
                axes.spines[:].set_visible(False)
                axes.set_facecolor("#f4f5f6")
                continue
            each = by_name[cells[column]]
            axes.imshow(each.picture[top : top + DETAIL, left : left + DETAIL])
            label = f"{letters[each.name]}  {number(round(each.measured.mean, 2))}"
            weight, color = ("bold", BLUE) if each.name in shared else ("normal", DARK)
            axes.set_xlabel(label, fontsize=7.5, labelpad=1.5, fontweight=weight, color=color)
    together = "; ".join(", ".join(each.name for each in group) for group in groups if len(group) > 1)
    right = next(group for group in groups if any(each.measured.own for each in group))
    others = len(right) - 1
    libraries = {column.removesuffix(", AA") for column in COLUMNS}
    said = f"{len(seen)} resizes of {len(libraries)} libraries, on {seen[0].measured.comparison.photo}: they fall into "
    said += f"{len(groups)} groups that agree within one level; "
    said += f"of the others {others or 'none'} {'agree' if others > 1 else 'agrees'} with the reference's {_stated(seen)}"
    return show(
        figure,
        f"A detail of {DETAIL} by {DETAIL} pixels through every library and filter. {said}. These agree: {together}.",
        f"{said}. Under each detail: its group's letter, and its mean error in levels. Letters in blue are shared. "
        "AA: antialiased, as all of Pillow's filters are but nearest.",
        photographic=True,
    )


def _stated(seen: Sequence[Drawn]) -> str:
    return next(each.name for each in seen if each.measured.own)


def _headings(panels: NDArray[Any]) -> None:
    for column, axes in zip(COLUMNS, panels[0], strict=True):
        axes.set_title(column.replace(", ", ",\n").replace("-", "-\n"), fontsize=7.5, loc="center")
    for row, axes in zip(GRID, panels[:, 0], strict=True):
        axes.set_ylabel(row.replace(", ", ",\n"), rotation=0, ha="right", va="center", fontsize=8)


@styled
def signed_maps(seen: Sequence[Drawn]) -> Html:
    """Where each filter is too dark or too light, on one scale, over the faint photo."""
    columns = 3
    rows = -(-len(seen) // columns)
    height, width = seen[0].picture.shape[:2]
    figure = blank(rows * (5.2 / columns * min(1.6, height / width) + 0.33) + 0.7)
    faint = 118 + 0.25 * (seen[0].reference.mean(axis=2) - 118)
    image: Any = None
    for axes, each in gallery.grid(figure, columns, seen):
        error = each.error.mean(axis=2)
        opacity = np.clip(np.abs(error) / SCALE, 0, 1) ** 0.5
        axes.imshow(faint, cmap="gray", vmin=0, vmax=255)
        image = axes.imshow(error, cmap="cividis", vmin=-SCALE, vmax=SCALE, alpha=opacity)
        axes.set_title(shortened(each.name), fontsize=7, fontweight="normal")
    bar = figure.colorbar(image, ax=figure.axes, orientation="horizontal", shrink=0.7, aspect=40, pad=0.01, extend="both")
    bar.set_label("levels: too dark  ←  0  →  too light")
    worst = max(seen, key=lambda each: each.measured.mean)
    biased = max(seen, key=lambda each: abs(each.measured.bias))
    said = (
        f"On {seen[0].measured.comparison.photo} {worst.name} errs most, by {number(worst.measured.mean)} levels on average; "
    )
    said += f"{biased.name} shifts the whole picture most, by {signed(biased.measured.bias, 2)} levels"
    return show(
        figure,
        f"Signed error maps of {len(seen)} resizes: {said}.",
        f"{said}. All maps share one scale; dark is too dark, bright too light, AA short for antialiased.",
        photographic=True,
    )


@styled
def histograms(seen: Sequence[Drawn]) -> Html:
    """How often each error occurs, one filter a row: a histogram as a strip, on a logarithmic scale."""
    reach = 64
    edges = np.arange(-reach - 0.5, reach + 1.5)
    ordered = sorted(seen, key=lambda each: each.measured.mean)
    shares = np.array([np.histogram(np.clip(each.error, -reach, reach), edges)[0] / each.error.size for each in ordered])
    figure = blank(0.23 * len(ordered) + 2.0)
    axes = figure.subplots()
    filled = np.ma.masked_equal(shares, 0)
    extent = (-reach - 0.5, reach + 0.5, len(ordered) - 0.5, -0.5)
    image = axes.imshow(filled, aspect="auto", cmap="cividis_r", norm=LogNorm(1e-5, 1), extent=extent, interpolation="nearest")
    axes.set_yticks(range(len(ordered)), [shortened(each.name) for each in ordered], fontsize=8)
    axes.set_xlabel(f"error in levels (ends: {reach} or more)")
    bar = figure.colorbar(image, label="share of the values", orientation="horizontal", shrink=0.7, aspect=40)
    logarithmic(bar.ax.xaxis)
    over_all(figure, "How often each error occurs")
    exact = [each for each in ordered if each.measured.largest == 0]
    near = [each for each in ordered if 0 < each.measured.largest <= 1]
    said = f"{len(exact)} of {len(ordered)} resizes equal the reference in every value, {len(near)} more stay within one "
    said += f"level; the widest, {ordered[-1].name}, reaches {number(ordered[-1].measured.largest)} levels"
    return show(figure, f"Histograms of errors: {said}.", f"{said}.")


@styled
def growth(errors: Mapping[str, Sequence[float]], photo: str) -> Html:
    """Mean error against the downscale factor, one line a filter.

    Args:
        errors: in levels, by the filter's name, one for each of :data:`FACTORS`.
        photo: the photo's name.
    """
    figure = blank(3.9)
    axes = figure.subplots()
    for name, values in errors.items():
        colour = FOLLOWED.get(name)
        axes.plot(FACTORS, values, color=colour or GREY, linewidth=1.9 if colour else 0.7, alpha=1 if colour else 0.6)
    ends = apart([errors[name][-1] for name in FOLLOWED], 0.055 * max(max(values) for values in errors.values()))
    stated = [name for name, values in errors.items() if not any(values)]  # off from itself nowhere
    for (name, colour), y in zip(FOLLOWED.items(), ends, strict=True):
        axes.annotate(
            name + ", the reference" * (name in stated),
            (FACTORS[-1] * 1.03, y),
            color=colour,
            va="center",
            fontsize=8,
            annotation_clip=False,
        )
    axes.set_xscale("log")
    axes.set_xticks(TICKS, [f"{tick:g}×" for tick in TICKS])
    axes.set_xticks([], minor=True)
    axes.set_xlim(FACTORS[0], FACTORS[-1] * 2.6)
    axes.spines["bottom"].set_bounds(FACTORS[0], FACTORS[-1])
    axes.set_xlabel("downscale factor")
    axes.set_ylabel("mean error, levels")
    axes.set_title("Error by downscale factor")
    linear, area = errors["OpenCV linear"], errors["OpenCV area"]
    said = f"On {photo} the error of OpenCV linear is {number(linear[0])} levels at {FACTORS[0]:g}× and "
    said += f"{number(linear[-1])} at {FACTORS[-1]:g}×, that of OpenCV area {number(area[0])} and {number(area[-1])}"
    return show(
        figure,
        f"Error against downscale factor: {said}.",
        f"{said}. Equal to the reference throughout: {', '.join(stated)}. Grey lines: the other resizes of the table.",
    )


def growth_table(errors: Mapping[str, Sequence[float]]) -> Html:
    """Mean error at some of the factors, every filter; as :func:`growth` takes them."""
    columns = [FACTORS.index(tick) for tick in TICKS]
    rows = [(name, *(f"{values[i]:.2f}" for i in columns)) for name, values in errors.items()]
    return table(("resize", *(f"{tick:g}×" for tick in TICKS)), rows, caption="Mean error in levels by downscale factor")


def pixels(seen: Sequence[Drawn]) -> Html:
    """What each filter does to the pixels of a photo."""
    rows = [
        (
            each.label,
            number(each.measured.largest),
            f"{each.measured.mean:.2f}",
            "∞" if np.isinf(each.psnr) else f"{each.psnr:.1f} dB",
            "" if np.isnan(each.ssim) else f"{each.ssim:.4f}",
            signed(each.measured.bias, 2),
        )
        for each in seen
    ]
    headers = ("resize", "max", "mean", "PSNR", "SSIM", "bias")
    photo = seen[0].measured.comparison.photo
    return table(headers, rows, caption=f"{photo}: error of the network's picture in levels (0 to 255)")


def answers(seen: Sequence[Drawn]) -> Html:
    """What each filter does to the answer on a photo."""
    compared = [each.measured.comparison for each in seen if not each.measured.own]
    right = compared[0].reference
    of = len(right.likeliest)
    every = f"; with {of} classes each answer keeps all of them" if of < TOP else ""
    rows = [
        ("the reference", "", "", f"{right.lead:.2f}", probability(right.probability), f"{of} of {of}"),
        *(
            (
                each.name,
                number(each["infer"].largest),
                f"{each.moved:.4f}",
                f"{each.candidate.lead:.2f}",
                signed(each.change),
                f"{each.kept} of {of}" + " (another class wins)" * each.flipped,
            )
            for each in compared
        ),
    ]
    headers = (
        "resize",
        "logits, max",
        "probability that changes class",
        "margin, logits",
        "reference's class",
        f"likeliest {of} kept",
    )
    return table(headers, rows, caption=f"{compared[0].photo}: what the filter does to the answer{every}")


def changes(every: Sequence[Mapping[str, PixelError]]) -> Html:
    """The :func:`change_map` of the filters and colour mistakes over all photos."""
    names = [mistake.name for mistake in (*FILTERS, *COLOUR) if not every[0][mistake.name].own]
    return change_map([[errors[name].comparison for name in names] for errors in every], "What the filter does to the answer")


def distance_against_answer(every: Sequence[Mapping[str, PixelError]], found: Inversions) -> Html:
    """Pixel distance against what happens to the answer, with the most striking rank inversions, one a photo, by name."""
    chosen = found.striking[:NAMED]
    told = (note(f"{i}. {_told(inversion)}") for i, inversion in enumerate(chosen, 1))
    return join(_scatter(every, found, chosen), *told)


def _told(inversion: Inversion) -> str:
    harmless, harmful = inversion.harmless, inversion.harmful
    return (
        f"{harmless.comparison.photo}: {harmless.comparison.name} is off by {number(harmless.mean)} levels "
        f"and moves {probability(harmless.comparison.moved)} of probability; {harmful.comparison.name} is off by only "
        f"{number(harmful.mean)} levels and moves {probability(harmful.comparison.moved)}."
    )


@styled
def _scatter(every: Sequence[Mapping[str, PixelError]], found: Inversions, named: Sequence[Inversion]) -> Html:
    figure = blank(4.0)
    axes = figure.subplots()
    families = (
        ("filter", {each.name for each in FILTERS}, BLUE, "o"),
        ("colour", {each.name for each in COLOUR}, VERMILION, "^"),
        ("shifted by one", {"shifted by one"}, GREEN, "s"),
    )
    for label, names, colour, marker in families:
        points = _points(each for errors in every for name, each in errors.items() if name in names and each.mean > 0)
        axes.scatter(points[:, 0], points[:, 1], s=14, color=colour, marker=marker, alpha=0.65, label=label, linewidths=0)
    for i, inversion in enumerate(named, 1):
        ends = _points([inversion.harmful, inversion.harmless])
        axes.plot(ends[:, 0], ends[:, 1], color=DARK, linewidth=0.9)
        axes.annotate(str(i), ends[0], xytext=(-9, 3), textcoords="offset points", fontsize=9, fontweight="bold")
    _log_axes(axes)
    axes.legend(fontsize=8.5, loc="lower right")
    axes.set_title("Pixel distance against the answer")
    share = found.found / found.pairs if found.pairs else 0.0
    said = (
        f"Of {found.pairs} pairs of mistakes on the same photo, pixel distance ranks {found.found} ({share:.0%}) the wrong way"
    )
    if not any(each.comparison.moved for errors in every for each in errors.values()):
        said = "No mistake moves an answer, so there is nothing for pixel distance to rank"
    return show(figure, f"Scatter plot: {said}.", f"{said}.{' Numbered lines join the pairs named below.' * bool(named)}")


def _log_axes(axes: Axes) -> None:
    axes.set(xscale="log", yscale="log")
    logarithmic(axes.xaxis)
    logarithmic(axes.yaxis)
    axes.set_xlabel("mean error of the picture, levels")
    axes.set_ylabel("probability that changes class")


def _points(errors: Iterable[PixelError]) -> NDArray[np.float64]:
    pairs = [(each.mean, max(each.comparison.moved, LEAST_MOVED)) for each in errors]
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)


def finding(every: Sequence[Mapping[str, PixelError]]) -> Html:
    """How far resizes of the reference's kind err, against Pillow's other filters, over all photos, in a sentence."""
    means = {name: float(np.mean([errors[name].mean for errors in every])) for name in every[0]}
    stated = next(RESIZERS[name] for name, each in every[0].items() if each.own)
    alike = sorted((r.name for r in RESIZERS.values() if r.row == stated.row and r != stated), key=means.__getitem__)
    others = sorted({f"Pillow {kernel}" for kernel in KERNELS} - {stated.name}, key=means.__getitem__)
    said = f"Over {len(every)} photos the reference's resize is {stated.name}; mean errors in levels: "
    if alike:
        ends = dict.fromkeys((alike[0], alike[-1]))
        said += f"of other libraries' {stated.row} resizes {_err(ends, means)}; "
    return note(f"{said}of Pillow's other filters {_err([others[0]], means)} at least.")


def _err(names: Iterable[str], means: Mapping[str, float]) -> str:
    return " to ".join(f"{number(means[name])} ({name})" for name in names)
