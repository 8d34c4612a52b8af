"""Pictures and tables of the deployment against the reference, and of the way there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from lib.compare.comparison import UNITS, StageDifference, Summary
from lib.handoff import Handoff
from lib.numbers import number, probability, signed
from lib.report.drawing import BLUE, DARK, GREY, PICTURED, VERMILION, apart, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, join, note, table
from lib.studies.parity import article


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


def stages(differences: Sequence[StageDifference], allowed: dict[str, float], caption: str) -> Html:
    """Shapes, values and largest difference stage by stage."""
    rows = [
        (
            d.stage,
            _values(d.reference),
            _values(d.deployment),
            "other shape" if math.isinf(d.difference) else f"{number(d.difference)} {UNITS[d.stage]}",
            number(allowed[d.stage]),
            "✓ same" if d.within(allowed[d.stage]) else "✗ differs",
        )
        for d in differences
    ]
    return table(("stage", "reference", "deployment", "largest difference", "tolerance", "result"), rows, caption=caption)


def parity(results: Sequence[Parity], classes: Sequence[str]) -> Html:
    """One row a photo: the deployment in the dock against the reference."""
    rows = []
    for result in results:
        target = int(result.reference.score[0].argmax())
        rows.append(
            (
                result.photo.name,
                classes[target],
                probability(result.reference.score[0, target], 6),
                probability(result.deployment.score[0, target], 6),
                result.first or "none",
                "✓ same answer" if not result.flipped and result.first is None else "✗ differs",
            )
        )
    headers = ("photo", "reference's class", "reference", "deployment", "first divergence", "result")
    return table(headers, rows, caption="Probability of the reference's class")


def ladder(handoff: Handoff, climbs: Sequence[Climb]) -> Html:
    """Probability of the reference's class at each step, with the article's figures where they compare."""
    rows = []
    for climb in climbs:
        steps = [_step(rung) for rung in climb.rungs]
        rows.append((climb.photo.name, handoff.subject.classes[climb.target], *steps))
        figures = article.figures(handoff.subject, climb.photo)
        if figures:
            theirs = (f"{figures[rung.name]:.4f}" if rung.name in figures else "" for rung in climb.rungs)
            rows.append(("the article, same photo", "golden retriever", *theirs))
    headers = ("photo", "reference's class", *(rung.name for rung in climbs[0].rungs))
    return table(headers, rows, caption="Probability of the reference's class, fix by fix")


def shares(climbs: Sequence[Climb], caption: str = "Shapley shares of the gap in probability, by block") -> Html:
    """Each block's Shapley share of each photo's gap."""
    rows = [(climb.photo.name, signed(climb.gap), *(signed(share) for share in climb.shares.values())) for climb in climbs]
    headers = ("photo", "gap", *climbs[0].shares)
    return table(headers, rows, caption=caption)


def divergence_finding(differences: Sequence[StageDifference], allowed: dict[str, float]) -> Html:
    """The first stage that differs."""
    first = first_divergence(differences, allowed)
    return note(f"The first stage that diverges is {first}." if first else "No stage diverges.")


def ladder_finding(climbs: Sequence[Climb]) -> Html:
    """What the naive deployment does to the answers, in a sentence."""
    higher = sum(climb.gap < 0 for climb in climbs)
    flipped = sum(climb.rungs[0].flipped for climb in climbs)
    return note(
        f"On {higher} of {len(climbs)} photos the naive deployment is surer of the reference's class than the reference is, "
        f"and on {flipped} it names another. A higher number is not a better one: the reference is what was evaluated."
    )


def culprit_finding(climbs: Sequence[Climb]) -> Html:
    """The block with the largest mean share, by size."""
    blocks = climbs[0].shares
    means = {block: sum(abs(climb.shares[block]) for climb in climbs) / len(climbs) for block in blocks}
    if any(math.isnan(mean) for mean in means.values()):
        return note("The gap cannot be shared out: the pipeline in the dock gives NaN.", "warning")
    ordered = sorted(means, key=lambda block: means[block], reverse=True)
    return note(
        f"Over {len(climbs)} photos the {ordered[0]} moves the probability by {number(means[ordered[0]])} on average, the "
        f"{ordered[1]} by {number(means[ordered[1]])}, any other block by at most {number(means[ordered[2]])}."
    )


def innocence(networks: Sequence[SameInput], softmaxes: Sequence[SameInput], allowed: dict[str, float]) -> Html:
    """How far the network and the softmax are from PyTorch's on the same input."""
    rows = []
    for stage, results in (("infer", networks), ("score", softmaxes)):
        worst = largest(results)
        verdict = "✓ innocent" if worst <= allowed[stage] else "✗ guilty"
        rows.append((stage, f"{number(worst)} {UNITS[stage]}", number(allowed[stage]), str(len(results)), verdict))
    return table(("stage", "largest difference", "tolerance", "photos", "result"), rows, caption="Fed the very same input")


def worst_stages(results: Sequence[Parity], allowed: dict[str, float]) -> Html:
    """The largest difference of any photo, stage by stage."""
    rows = [
        (
            stage,
            f"{number(worst(results, stage))} {unit}",
            number(allowed[stage]),
            "✓ same" if worst(results, stage) <= allowed[stage] else "✗ differs",
        )
        for stage, unit in UNITS.items()
    ]
    caption = f"The pipeline in the dock, worst of {len(results)} photos"
    return table(("stage", "largest difference", "tolerance", "result"), rows, caption=caption)


def dock_shares(climbs: Sequence[Climb]) -> Html:
    """Each stage's Shapley share of the gap between the pipeline in the dock and the reference."""
    return shares(climbs, "The pipeline in the dock: Shapley shares of its gap in probability, by stage")


def dock_finding(results: Sequence[Parity]) -> Html:
    """Where the pipeline in the dock parts from the reference, if it does."""
    parted = [result for result in results if result.first]
    if not parted:
        return note(f"The pipeline in the dock gives PyTorch's answer on all {len(results)} photos, stage by stage.")
    stages = sorted({str(result.first) for result in parted}, key=list(UNITS).index)
    where = f"{len(parted)} of {len(results)} photos, first at: {', '.join(stages)}"
    return note(f"The pipeline in the dock parts from PyTorch on {where}.", "warning")


def _step(rung: Rung) -> str:
    other = rung.flipped and not math.isnan(rung.probability)
    return probability(rung.probability) + " (another class wins)" * other


def _values(summary: Summary) -> str:
    shape = " × ".join(map(str, summary.shape))
    return f"{shape}: {number(summary.least)} to {number(summary.greatest)}, mean {number(summary.mean)}"
