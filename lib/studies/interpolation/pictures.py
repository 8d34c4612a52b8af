"""Pictures and tables of what resizes do to pixels and to answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from string import ascii_uppercase

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from numpy.typing import NDArray

from lib.compare.comparison import TOP, most_changed
from lib.deploy.contract import FILTERS as KERNELS
from lib.mistakes import COLOUR, FILTERS
from lib.mistakes.resizers import RESIZERS
from lib.numbers import counted, number, probability, signed
from lib.report import heat, zoom
from lib.report.change_map import REFUSED, change_map
from lib.report.drawing import BLUE, DARK, GREEN, GREY, SMALL, VERMILION, apart, logarithmic, over_all, shortened, show, styled
from lib.report.drawing import figure as blank
from lib.report.gallery import Panel, gallery
from lib.report.html import Html, join, note, table
from lib.report.inputs_seen import REFERENCE, answered
from lib.report.zoom import Side
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

DETAIL = 28  # pixels along the side of a detail
TICKS = (1.1, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)  # of the factors, those with a number
NAMED = 3  # inversions that are told in words
_LABEL = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
# Drawn in colour and named beside their lines, dark enough for text; the others stay grey.
FOLLOWED = {
    "OpenCV nearest": DARK,
    "OpenCV linear": "#b04a00",
    "OpenCV area": BLUE,
    "Pillow bicubic": "#a04a80",
    "scikit-image, antialiased": "#007a58",
    "ONNX linear, antialiased": "#7d6200",
}


def details(seen: Sequence[Drawn], classes: Sequence[str]) -> Html:
    """One detail of one photo through every resize, one picture for those that agree within a level, the closest first."""
    groups = _by_letter(seen)
    left, top = busiest(seen, DETAIL)
    window = slice(top, top + DETAIL), slice(left, left + DETAIL)
    photo = seen[0].measured.comparison.photo
    panels = [
        Panel(
            zoom.enlarged(group[0].picture[window]),
            f"{letter}: {_together(group)}",
            f"A detail of {photo} as {group[0].name} gives it, one square a pixel",
            f"{_levels(group[0])}, {answered(group[0].measured.comparison.candidate, classes)}",
            group[0].measured.comparison.flipped,
            exact=True,
        )
        for letter, group in groups.items()
    ]
    right = next(group for group in groups.values() if any(each.measured.own for each in group))
    others = len(right) - 1
    libraries = {column.removesuffix(", AA") for column in COLUMNS}
    said = f"{len(seen)} resizes of {len(libraries)} libraries, on {photo}: they fall into "
    said += f"{len(groups)} groups that agree within one level; "
    said += f"of the others {others or 'none'} {'agree' if others > 1 else 'agrees'} with the reference's {_stated(seen)}"
    return gallery(
        panels,
        f"{said}. Each detail is {DETAIL} by {DETAIL} pixels from column {left} and row {top}; over it the mean error, and the "
        "answer, of the first that is named. AA: antialiased, as all of Pillow's filters are but nearest.",
    )


def _stated(seen: Sequence[Drawn]) -> str:
    return next(each.name for each in seen if each.measured.own)


def names(seen: Sequence[Drawn]) -> Html:
    """Which group a filter of which library is in, by the letters of :func:`details`: what a filter's name is worth."""
    letters = {each.name: letter for letter, group in _by_letter(seen).items() for each in group}
    rows = [
        (row, *(letters.get(cells[column], REFUSED) if column in cells else "—" for column in COLUMNS))
        for row, cells in GRID.items()
    ]
    return table(("filter", *COLUMNS), rows, caption="The group of each filter, by its name and library")


def _by_letter(seen: Sequence[Drawn]) -> dict[str, list[Drawn]]:
    """The groups that agree within a level, that with the smallest mean error first, each with its letter."""
    groups = agreeing(sorted(seen, key=_mean))
    return {f"{ascii_uppercase[i % 26]}{i // 26 or ''}": group for i, group in enumerate(groups)}


def _mean(seen: Drawn) -> float:
    return seen.measured.mean


def _levels(seen: Drawn) -> str:
    return zoom.in_levels(round(seen.measured.mean, 2))


def _together(group: Sequence[Drawn]) -> str:
    return "; ".join(shortened(each.name) for each in group)


def signed_maps(seen: Sequence[Drawn]) -> Html:
    """Where each filter is too dark or too bright, on one scale, the largest mean error first; one map for those that agree.

    Those that are within a level of the reference are named, and not drawn.
    """
    photo, reference = seen[0].measured.comparison.photo, seen[0].reference.astype(np.float64)
    far = sorted((each for each in seen if each.measured.largest > 1), key=_mean, reverse=True)
    errors = {each.name: zoom.furthest(reference, each.picture) for each in far}
    reach, lines = heat.reach(max(map(zoom.largest, errors.values()), default=0.0)), heat.outlines(reference)
    panels = [
        Panel(
            heat.outlined(heat.signed(errors[group[0].name], reach), lines),
            _together(group),
            f"Map of what {group[0].name} gives less what the reference does of {photo}, with the photo's outlines",
            _levels(group[0]),
            exact=True,
        )
        for group in agreeing(far)
    ]
    said = " ".join(_near(seen))
    if not panels:
        return note(f"{photo}: every resize is within one level of the reference. {said}")
    biased = max(seen, key=lambda each: abs(each.measured.bias))
    most = f"On {photo} {far[0].name} errs most, by {number(far[0].measured.mean)} levels on average; "
    most += f"{biased.name} shifts the whole picture most, by {signed(biased.measured.bias, 2)} levels."
    return gallery(panels, f"{most} {said} AA: antialiased.", heat.scale(reach, "levels of the furthest channel"))


def _near(seen: Sequence[Drawn]) -> list[str]:
    """The resizes that are not drawn, in sentences."""
    equal = [each.name for each in seen if each.measured.largest == 0 and not each.measured.own]
    near = [each.name for each in seen if 0 < each.measured.largest <= 1]
    said = [f"Equal to the reference in every value: {'; '.join(equal)}."] if equal else []
    return said + ([f"Within one level of it: {'; '.join(near)}."] if near else [])


def errs_most(seen: Sequence[Drawn], classes: Sequence[str]) -> Html:
    """The place where the resize with the largest mean error is furthest from the reference, one square a pixel."""
    return _zoom(max(seen, key=_mean), classes, "interpolation-zoom")


def changes_most(seen: Sequence[Drawn], classes: Sequence[str]) -> Html:
    """The same of the resize that changes the answer most; a sentence where it is the one with the largest error."""
    most = most_changed(each.measured.comparison for each in seen)
    each = next(each for each in seen if each.measured.comparison is most)
    if each is max(seen, key=_mean):
        return note(f"{each.name}, which errs most, also changes the answer most.")
    return _zoom(each, classes, "interpolation-answer")


def _zoom(each: Drawn, classes: Sequence[str], name: str) -> Html:
    compared, sides = each.measured.comparison, (each.reference, each.picture)
    if not each.measured.mean:
        return note(f"Every resize gives the reference's picture of {compared.photo}.")
    reference, candidate = (
        Side(name, levels.astype(np.float64), answered(answer, classes))
        for name, levels, answer in zip((REFERENCE, each.name), sides, (compared.reference, compared.candidate), strict=True)
    )
    return zoom.zoom(compared.photo, reference, candidate, heat.reach(each.measured.largest), name)


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
    axes.set_yticks(range(len(ordered)), [shortened(each.name) for each in ordered])
    axes.set_xlabel("error in levels")
    bar = figure.colorbar(image, label="share of the values", orientation="horizontal", shrink=0.7, aspect=40)
    logarithmic(bar.ax.xaxis)
    over_all(figure, "How often each error occurs")
    exact = [each for each in ordered if each.measured.largest == 0 and not each.measured.own]
    near = [each for each in ordered if 0 < each.measured.largest <= 1]
    widest = max(ordered, key=lambda each: each.measured.largest)
    said = f"{len(exact)} of {len(ordered) - 1} other resizes equal the reference in every value, {len(near)} more stay "
    said += f"within one level; the widest, {widest.name}, reaches {number(widest.measured.largest)} levels"
    return show(
        figure,
        f"Histograms of the errors in levels of {len(ordered)} resizes, one a row, the smallest mean error on top",
        f"On {ordered[0].measured.comparison.photo}: {said}. At both ends: errors of {reach} levels or more.",
    )


@styled
def growth(errors: Mapping[str, Sequence[float]], photo: str) -> Html:
    """Mean error against the downscale factor, one line a filter.

    Args:
        errors: in levels, by the filter's name, one for each of :data:`FACTORS`; NaN where the filter cannot take the photo.
        photo: the photo's name.
    """
    figure = blank(3.9)
    axes = figure.subplots()
    drawn = {name: np.where(np.isfinite(values), values, np.nan) for name, values in errors.items()}
    for name, values in drawn.items():
        colour = FOLLOWED.get(name)
        axes.plot(FACTORS, values, color=colour or GREY, linewidth=1.9 if colour else 0.7, alpha=1 if colour else 0.6)
    highest = max(float(np.nan_to_num(values).max()) for values in drawn.values())
    ends = apart([float(np.nan_to_num(drawn[name][-1])) for name in FOLLOWED], 0.055 * highest)
    stated = [name for name, values in errors.items() if not any(values)]  # off from itself nowhere
    for (name, colour), y in zip(FOLLOWED.items(), ends, strict=True):
        end, own = (FACTORS[-1] * 1.03, y), ", the reference" * (name in stated)
        axes.annotate(shortened(name) + own, end, color=colour, va="center", fontsize=SMALL, annotation_clip=False)
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
        f"Line chart of the mean error in levels against the downscale factor, a line for each of {len(errors)} resizes",
        f"{said}. At 0 throughout: {'; '.join(stated)}. Grey lines: the other resizes of the table. AA: antialiased.",
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
            "—" if np.isnan(each.ssim) else f"{each.ssim:.4f}",
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
    right = seen[0].measured.comparison.reference
    of = len(right.likeliest)
    every_class = max((each["score"].reference.shape[-1] for each in compared if not each.refused), default=of)
    every = f"; with {of} classes each answer keeps all of them" if of < TOP or of == every_class else ""
    rows = [
        ("the reference", "—", "—", f"{right.lead:.2f}", probability(right.probability), f"{of} of {of}"),
        *(
            (
                each.name,
                number(each["infer"].largest),
                f"{each.moved:.4f}",
                f"{each.candidate.lead:.2f}",
                signed(each.change),
                f"{each.kept} of {of}" + " ✗" * each.flipped,
            )
            for each in compared
        ),
    ]
    headers = (
        "resize",
        "logits, max",
        "probability moved",
        "margin, logits",
        "reference's class",
        f"top {of} kept",
    )
    said = f"what the filter does to the answer, with a cross where another class wins{every}"
    return table(headers, rows, caption=f"{seen[0].measured.comparison.photo}: {said}")


def changes(every: Sequence[Mapping[str, PixelError]]) -> Html:
    """The :func:`change_map` of the filters and colour mistakes over all photos."""
    names = [mistake.name for mistake in (*FILTERS, *COLOUR) if not every[0][mistake.name].own]
    return change_map(
        [[errors[name].comparison for name in names] for errors in every], "What the filter or the colours do to the answer"
    )


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
    share = found.found / found.pairs if found.pairs else 0.0
    said = (
        f"Of {found.pairs} pairs of mistakes on the same photo, pixel distance ranks {found.found} ({share:.0%}) the wrong way"
    )
    if not any(each.comparison.moved for errors in every for each in errors.values()):
        said = "No mistake moves an answer, so there is nothing for pixel distance to rank"
    if not _points(each for errors in every for each in errors.values()).size:
        return note(f"{said}.")
    figure = blank(4.0)
    axes = figure.subplots()
    families = (
        ("filter", {each.name for each in FILTERS}, BLUE, "o"),
        ("colour", {each.name for each in COLOUR}, VERMILION, "^"),
        ("shifted by one", {"shifted by one"}, GREEN, "s"),
    )
    for label, names, colour, marker in families:
        points = _points(each for errors in every for name, each in errors.items() if name in names)
        axes.scatter(
            points[:, 0],
            points[:, 1],
            s=14,
            color=colour,
            marker=marker,
            alpha=0.65,
            label=label,
            linewidths=0,
            rasterized=True,
        )
    for i, inversion in enumerate(named, 1):
        ends = _points([inversion.harmful, inversion.harmless])
        axes.plot(ends[:, 0], ends[:, 1], color=DARK, linewidth=0.9)
        for end in ends[:1]:
            axes.annotate(str(i), end, xytext=(-9, 3), textcoords="offset points", fontweight="bold", bbox=_LABEL)
    _log_axes(axes)
    axes.legend(loc="lower right")
    axes.set_title("Pixel distance against the answer")
    return show(
        figure,
        "Scatter plot: a point for each mistake on each photo, its mean error in levels against the probability that it moves",
        f"{said}.{' Numbered lines join the pairs named below.' * bool(named)}",
    )


def _log_axes(axes: Axes) -> None:
    axes.set(xscale="log", yscale="log")
    logarithmic(axes.xaxis)
    logarithmic(axes.yaxis)
    axes.set_xlabel("mean error of the picture, levels")
    axes.set_ylabel("probability that changes class")


def _points(errors: Iterable[PixelError]) -> NDArray[np.float64]:
    """Error of the picture and probability moved, (N, 2), of those that have a place on logarithmic axes."""
    pairs = [(each.mean, max(each.comparison.moved, LEAST_MOVED)) for each in errors if each.mean > 0]
    points = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    finite: NDArray[np.float64] = points[np.isfinite(points).all(axis=1)]
    return finite


def finding(every: Sequence[Mapping[str, PixelError]]) -> Html:
    """How far resizes of the reference's kind err, against Pillow's other filters, over all photos, in a sentence."""
    refused = [each.comparison for errors in every for each in errors.values() if each.comparison.refused]
    given = {name: [errors[name].mean for errors in every if not errors[name].comparison.refused] for name in every[0]}
    means = {name: float(np.mean(each)) for name, each in given.items() if each}
    stated = next(RESIZERS[name] for name, each in every[0].items() if each.own)
    alike = sorted(
        (r.name for r in RESIZERS.values() if re.match(rf"{stated.row}\b", r.row) and r != stated and r.name in means),
        key=means.__getitem__,
    )
    others = sorted(({f"Pillow {kernel}" for kernel in KERNELS} - {stated.name}) & set(means), key=means.__getitem__)
    said = f"The reference's resize is {stated.name}; mean errors over {counted(len(every), 'photo')}, in levels: "
    if alike:
        ends = dict.fromkeys((alike[0], alike[-1]))
        said += f"of other libraries' {stated.row} resizes {_err(ends, means)}; "
    said += f"of Pillow's other filters {_err(others[:1], means)} at least."
    return note(said + "".join(f" {each.name} is refused on {each.photo}: {each.refused}." for each in refused))


def _err(names: Iterable[str], means: Mapping[str, float]) -> str:
    return " to ".join(f"{number(means[name])} ({name})" for name in names)
