"""Pictures and tables of where inside the network the numbers part, and of other ways to run it."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from html import escape

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from lib.compare.comparison import flips, worst
from lib.numbers import counted, number, probability
from lib.report.drawing import BLUE, DARK, GREEN, GREY, PALE_VERMILION, SMALL, VERMILION, logarithmic, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, folded, note, table
from lib.studies.layers.errors import Error, first_over, largest
from lib.studies.layers.measure import Study
from lib.studies.layers.planted import SPREAD
from lib.studies.layers.variants import CALIBRATED, LEAST_OPSET, STATIC
from lib.studies.layers.viewers import ACCUMULATED, LOCAL, NETRON

PAGE = "07_layers"
LABELS = 24  # blocks that each get a label; of more, every other one or fewer do
_SCALED = "differences over 1 plus the block's largest value"
OVER = "#a63d00"  # VERMILION, darkened for white numbers on it
FLOOR, CEILING = 1e-9, 1e6  # where errors of zero, and those that are infinite or NaN, are drawn


@styled
def errors(study: Study) -> Html:
    """Both errors of every block on a logarithmic scale, with their tolerances as lines."""
    readings, tolerance, alone = study.healthy, study.tolerance, study.alone
    figure = blank(4.0)
    axes = figure.subplots()
    _line(axes, [r.accumulated for r in readings], BLUE, "o", "accumulated, from the image on")
    _line(axes, [r.local for r in readings], GREEN, "s", "local, the block alone", dashed=True)
    _limit(axes, tolerance, BLUE, "tolerance, accumulated")
    _limit(axes, alone, GREEN, "tolerance, local")
    _across_blocks(axes, [r.block for r in readings])
    axes.set_ylim(bottom=1e-8)
    axes.legend(loc="lower left")
    over_all(figure, "Error by block")
    within = sum(not (r.accumulated.over(tolerance) or r.local.over(alone)) for r in readings)
    said = f"{within} of {len(readings)} blocks stay within both tolerances; the largest error is "
    said += f"{number(largest(readings, 'accumulated'))} accumulated and {number(largest(readings, 'local'))} local"
    alt = (
        f"Two lines over {len(readings)} blocks, in the order they run, on a logarithmic axis: accumulated errors, solid with "
        "dots, and local ones, dashed with squares; a dotted line across is the tolerance of each."
    )
    return show(figure, alt, f"{said}. Errors are {_SCALED}.", "layers-errors")


def blocks(study: Study) -> Html:
    """One row a block, folded."""
    rows = [
        (
            r.block,
            " × ".join(map(str, r.shape[1:])),
            number(r.accumulated.difference),
            number(r.accumulated.largest),
            number(r.accumulated.scaled),
            number(r.local.difference),
            number(r.local.largest),
            number(r.local.scaled),
            "✗ over" if r.accumulated.over(study.tolerance) or r.local.over(study.alone) else "✓ within",
        )
        for r in study.healthy
    ]
    headers = ("block", "output", "accumulated", "of values to", "error", "local", "of values to", "error", "result")
    caption = (
        "Largest difference from PyTorch and largest value, in the block's own units, each on the photo where the error is "
        f"worst; errors are {_SCALED}"
    )
    return folded("The same numbers, block by block", table(headers, rows, caption))


def finding(study: Study) -> Html:
    """Where the numbers part, if they do."""
    first = first_over(study.healthy, study.tolerance)
    by_themselves = [r.block for r in study.healthy if r.local.over(study.alone)]
    if first or by_themselves:
        said = f"part from PyTorch's first in block {first}" if first else "add up to no more than the tolerance"
        return note(f"ONNX Runtime's numbers {said}; by themselves err: {', '.join(by_themselves) or 'none'}.", "warning")
    return note(
        f"They part nowhere: over {study.photos} photos and {study.blocks} blocks no output is off by more than "
        f"{number(largest(study.healthy, 'accumulated'))} of 1 plus its largest value. No block alone errs by more than "
        f"{number(largest(study.healthy, 'local'))}; the rest is rounding that earlier blocks hand on."
    )


def viewers(study: Study) -> Html:
    """How to open the files of :mod:`lib.studies.layers.viewers` beside the network."""
    accumulated, local, netron = (f"{PAGE}.{end}" for end in (ACCUMULATED, LOCAL, NETRON))
    network = study.network.where
    data = ",".join(f"reports/latest/{name}" for name in (accumulated, local))
    opens = f"onnxvis {shlex.quote(f'.cache/models/{network}')} --node_data_paths={data}"
    return folded(
        "The same errors on the graph itself, in Model Explorer or Netron",
        note(
            f"A run leaves {accumulated}, {local} and {netron} beside this page. Each block's errors stand at the node that "
            "makes its output, by the node's name in the file; the nodes inside of a block have none."
        ),
        note("From the folder of the workbook, with the package model-explorer-onnx:"),
        Html(f"<pre>{escape(opens)}</pre>"),
        note(f"In Netron open {network} and then drop {netron} on its window: the errors are among a node's metrics."),
    )


@styled
def search(study: Study) -> Html:
    """The errors with and without the planted fault, and the cuts that the bisection made, numbered."""
    healthy, faulty, fault, made, tolerance = study.healthy, study.faulty, study.fault, study.search, study.tolerance
    names = [r.block for r in faulty]
    figure = blank(4.3)
    axes = figure.subplots()
    place = names.index(fault.block)
    axes.axvspan(place - 0.5, place + 0.5, color=PALE_VERMILION)
    _line(axes, [r.accumulated for r in healthy], GREY, "", "accumulated, without the fault")
    _line(axes, [r.local for r in faulty], GREEN, "s", "local, with the fault", dashed=True)
    _line(axes, [r.accumulated for r in faulty], BLUE, "", "accumulated, with the fault")
    for i, probe in enumerate(made.probes, 1):
        at = (names.index(probe.block), _drawn(probe.error))
        marker, color = ("s", OVER) if probe.over else ("o", BLUE)
        axes.plot(*at, marker, color=color, markersize=13, zorder=4)
        axes.annotate(str(i), at, color="white", ha="center", va="center", fontsize=SMALL, fontweight="bold", zorder=5)
    _limit(axes, tolerance, DARK, "tolerance")
    _across_blocks(axes, names)
    axes.set_ylim(bottom=1e-9)
    axes.legend(loc="lower left")
    over_all(figure, f"A fault in {fault.block}, and the way to it")
    steps = ", ".join(f"{probe.block} {'over' if probe.over else 'within'}" for probe in made.probes)
    cuts = len(made.probes)
    said = f"{counted(cuts, 'cut')} lead to {made.found or 'no block'}: {steps or 'the logits are within the tolerance'}"
    return show(
        figure,
        f"Three lines of errors over {len(names)} blocks on a logarithmic axis: accumulated without the fault, grey; with it, "
        f"blue; local with it, dashed. {fault.block} is shaded, and numbered marks are the cuts.",
        f"{said}. The numbers are the cuts in their order, each on {made.photo} alone, squares over the tolerance, circles "
        "within; the lines are the worst of all photos. The shaded block has the fault.",
        "layers-search",
    )


def search_finding(study: Study) -> Html:
    """What bisection found, which blocks err by themselves, and whether what bisection takes for granted held."""
    by_themselves = [r.block for r in study.faulty if r.local.over(study.alone)]
    after = "it stays over at every later one" if study.stays else "it does not stay over at every later one"
    cuts = len(study.search.probes)
    return note(
        f"Each number of {study.fault.weight} was changed by about {SPREAD:.0%}, which moves a logit of {study.search.photo} "
        f"by {number(study.search.symptom.difference)}. {counted(cuts, 'cut')} among {study.blocks} blocks find "
        f"{study.search.found or 'nothing'}. Bisection takes for granted that an error once over the tolerance stays over; "
        f"measured at every block, {after}. Fed PyTorch's own input, "
        f"{'only ' * (len(by_themselves) == 1)}{', '.join(by_themselves) or 'no block'} errs."
    )


def settings(study: Study) -> Html:
    """One row a setting of ONNX Runtime."""
    changes = flips(study.set_up) > 0
    rows = [
        (
            each.name,
            number(worst(each.comparisons, "infer")),
            *([str(flips(each.comparisons))] if changes else []),
            _times(each.ratio),
        )
        for each in study.settings
    ]
    headers = ("ONNX Runtime with", "logits off", *(["photos with another class"] if changes else []), "time")
    return table(
        headers,
        rows,
        caption="The same file, set up otherwise, against eager PyTorch; the time of an answer over the default's",
    )


def settings_finding(study: Study) -> Html:
    """What the settings change, in a sentence."""
    slowest = max(study.settings, key=lambda each: each.ratio)
    return note(
        f"No setting of {len(study.settings)} moves a logit more than {number(worst(study.set_up, 'infer'))} from PyTorch's, "
        f"and {flips(study.set_up) or 'no'} answers change. The slowest is {slowest.name}, with which an answer takes "
        f"{_times(slowest.ratio)} the default's time."
    )


def files(study: Study) -> Html:
    """One row a file, folded."""
    rows = [
        (
            each.name,
            f"{each.megabytes:.1f}",
            _times(each.ratio),
            number(worst(each.comparisons, "infer")),
            probability(worst(each.comparisons, "score")),
            str(flips(each.comparisons)),
        )
        for each in study.files
    ]
    headers = ("file", "MB", "time", "logits off", "probability off", "photos with another class")
    caption = "Smaller files against eager PyTorch; the time of an answer over the exported file's"
    return folded("The same numbers, file by file, with the time of an answer", table(headers, rows, caption))


@styled
def sizes(study: Study) -> Html:
    """What a smaller file is paid for with: megabytes beside the largest difference of a logit, flips marked."""
    figure = blank(0.5 * len(study.files) + 1.4)
    left, right = figure.subplots(1, 2, sharey=True)
    names = [each.name.replace(", ", ",\n") for each in study.files]
    off, flipped = [worst(each.comparisons, "infer") for each in study.files], [flips(each.comparisons) for each in study.files]
    bars = left.barh(names, [each.megabytes for each in study.files], color=GREY)
    left.bar_label(bars, fmt="%.1f", padding=3)
    left.set_xlabel("size, MB")
    left.margins(x=0.25)
    left.invert_yaxis()
    drawn = [min(max(_rank(value), FLOOR), CEILING) for value in off]
    right.hlines(range(len(names)), min(drawn) / 10, drawn, color=GREY, linewidth=1)
    for y, x in enumerate(drawn):
        right.plot(x, y, "X" if flipped[y] else "o", color=VERMILION if flipped[y] else BLUE, markersize=9, zorder=3)
        text = f"{number(off[y])}, {counted(flipped[y], 'flip')}"
        side = "left" if x < math.sqrt(min(drawn) * max(drawn)) else "right"
        right.annotate(text, (x, y), xytext=(0, 8), textcoords="offset points", ha=side, fontsize=SMALL)
    right.set_xscale("log")
    logarithmic(right.xaxis)
    right.xaxis.set_major_locator(LogLocator(1000))
    right.set_xlim(min(drawn) / 10, max(drawn) * 10)
    right.set_xlabel("largest difference, logits")
    over_all(figure, "What a smaller file costs")
    smallest, changing = (
        min(study.files, key=lambda each: each.megabytes),
        [each.name for each in study.files if flips(each.comparisons)],
    )
    said = (
        f"the smallest is {smallest.name}, {smallest.megabytes:.1f} MB; answers change with {' and '.join(changing) or 'none'}"
    )
    return show(
        figure,
        f"Two charts beside each other, one row a file, {len(names)} rows: bars of size in MB, and dots of the largest "
        "difference on a logarithmic axis, with a cross in the place of the dot where a class changes.",
        f"Over {counted(study.photos, 'photo')} {said}. A flip is a photo with another likeliest class.",
    )


def files_finding(study: Study) -> Html:
    """What each smaller file would cost, in a sentence."""
    asis, *others = study.files
    sentences = " ".join(
        f"{each.name} saves {1 - each.megabytes / asis.megabytes:.0%} of the file, takes {_times(each.ratio)} the time, moves "
        f"a probability by up to {probability(worst(each.comparisons, 'score'), 3)} and changes {flips(each.comparisons)} of "
        f"{study.photos} answers."
        for each in others
    )
    if STATIC in [each.name for each in others]:
        some = "these same photos" if study.photos <= CALIBRATED else f"{CALIBRATED} of these same photos"
        sentences += f" {STATIC} took its ranges from {some}, which flatters it."
    else:
        sentences += f" There is no {STATIC}: it needs operator set {LEAST_OPSET} or newer."
    return note(f"{sentences} None of this is part of the verdict: what ships is the exported file as it is.")


def _times(ratio: float) -> str:
    return f"{ratio:.2f}×"


def _rank(value: float) -> float:
    """The value, or a very large one in the place of NaN and infinity."""
    return value if math.isfinite(value) else CEILING


def _drawn(error: Error) -> float:
    return min(max(_rank(error.scaled), FLOOR), CEILING)


def _line(axes: Axes, measured: Sequence[Error], color: str, marker: str, label: str, dashed: bool = False) -> None:
    style = "--" if dashed else "-"
    values = [_drawn(error) for error in measured]
    axes.plot(values, color=color, linestyle=style, marker=marker, markersize=4.5, linewidth=1.4, label=label)


def _limit(axes: Axes, tolerance: float, color: str, label: str) -> None:
    axes.axhline(tolerance, color=color, linestyle=":", linewidth=1.5)
    axes.annotate(label, (-0.6, tolerance), xytext=(0, 2), textcoords="offset points", fontsize=SMALL)


def _across_blocks(axes: Axes, names: Sequence[str]) -> None:
    numbered = {name.rpartition(".")[0] for name in names if "." in name}
    prefix = f"{numbered.pop()}." if len(numbered) == 1 else ""
    every = math.ceil(len(names) / LABELS)
    shown = [i for i, name in enumerate(names) if i % every == 0 or "." not in name]
    axes.set_xticks(shown, [names[i].removeprefix(prefix) for i in shown], rotation=90)
    axes.set_xlim(-0.7, len(names) - 0.3)
    axes.set_yscale("log")
    logarithmic(axes.yaxis)
    axes.yaxis.set_major_locator(LogLocator(10))
    axes.set_xlabel(f"block; numbers are those of {prefix[:-1]}" if prefix else "block")
    axes.set_ylabel("error, of 1 + largest value")
