"""Pictures and tables of the deployment against the reference, and of the steps from one to the other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from lib.compare.ablation import NAIVE_FILTER, Ablation
from lib.compare.comparison import Comparison, Summary, worst
from lib.compare.pair import Pair
from lib.compare.view import of_contract, whole
from lib.deploy import Contract
from lib.deploy.difference import UNITS
from lib.handoff import Handoff
from lib.mistakes.own import own
from lib.numbers import counted, enumerated, number, probability, signed
from lib.policy import Policy
from lib.report.drawing import BLUE, DARK, GREY, PICTURED, SMALL, VERMILION, apart, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, folded, join, note, table
from lib.report.inputs_seen import seen_by_the_model
from lib.report.stages_apart import stages_apart
from lib.studies.parity import article
from lib.studies.parity.measure import Study

NO_CLASS = "none: NaN"
LEAST = 0.00005  # probability: a share below reads 0


def naive_input(naive: Pair | None, contract: Contract, classes: Sequence[str]) -> Html:
    """What the naive deployment feeds the network, beside the reference's input; it squashes the whole photo."""
    if naive is None:
        return note("The deployment takes no photo that is squashed to a square.")
    if naive.comparison["resize"].largest == 0:
        return note("The naive deployment resizes as the reference does: what the subject file states is squash and nearest.")
    height, width = naive.reference.decode.shape[:2]
    right, rows_and_columns = of_contract(contract, width, height), naive.candidate.resize.shape[:2]
    pictures = (right, naive.reference.resize), (whole(rows_and_columns[::-1]), naive.candidate.resize)
    first, second = (view.in_photo(picture, *right.scaled) for view, picture in pictures)
    return seen_by_the_model(naive, (first, second), classes, "parity-example")


@styled
def steps_chart(ablations: Sequence[Ablation]) -> Html:
    """Probability of the reference's class at each step, one line a photo."""
    shown = ablations[:PICTURED]
    drawn = blank(4.2)
    axes = drawn.subplots()
    _lines(axes, shown)
    axes.set_ylim(-0.03, 1.03)
    axes.set_ylabel("probability of the reference's class")
    axes.set_title("From the naive deployment to the reference")
    said = (
        f"the naive deployment moves that probability by up to {number(_largest([each.gap for each in ablations]))} and names "
        f"another class on {sum(each.steps[0].flipped for each in ablations)} of {len(ablations)} photos; the deployment as it "
        f"is moves it by at most {number(_largest([each.steps[-2].change for each in ablations]))}"
    )
    names = ", ".join(step.name for step in ablations[0].steps)
    return show(
        drawn,
        f"Line chart of the probability of the reference's class over the steps {names}, one for each of {len(shown)} photos",
        f"Each line is a photo; a cross marks a step whose likeliest class is another one. In short: {said}."
        f"{_left_out(shown, ablations)}",
    )


def _lines(axes: Axes, ablations: Sequence[Ablation]) -> None:
    names = [step.name for step in ablations[0].steps]
    ends = sorted(ablations, key=lambda each: np.nan_to_num(_finite(each.steps[-1].probability)))
    heights = apart([float(np.nan_to_num(_finite(each.steps[-1].probability))) for each in ends], 0.055)
    colors = matplotlib.colormaps["cividis"](np.linspace(0, 0.6, len(ends)))
    for ablation, height, color in zip(ends, heights, colors, strict=True):
        line = [_finite(step.probability) for step in ablation.steps]
        axes.plot(names, line, marker="o", color=color)
        flipped = [i for i, step in enumerate(ablation.steps) if step.flipped]
        axes.plot(flipped, [line[i] for i in flipped], "X", color=VERMILION, markersize=11, zorder=3)
        axes.annotate(
            ablation.photo,
            (len(names) - 1, line[-1]),
            (len(names) - 0.88, height),
            va="center",
            fontsize=SMALL,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": color, "linewidth": 0.8},
        )
    axes.set_xlim(-0.15, len(names) - 0.1)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right", rotation_mode="anchor")


def _finite(value: float) -> float:
    """The value where it has a place on an axis, else NaN, which is not drawn."""
    return value if math.isfinite(value) else math.nan


def _largest(changes: Sequence[float]) -> float:
    return float(np.max(np.abs(changes)))


@styled
def waterfalls(ablations: Sequence[Ablation]) -> Html:
    """From the first step's probability to the reference's, each part's Shapley share one bar: a panel a photo, on one scale.

    Parts that move no photo are named, and not drawn.
    """
    shown = ablations[:PICTURED]
    moving = [part for part in shown[0].shares if any(not abs(each.shares[part]) < LEAST for each in ablations)]
    if not moving:
        return note(f"No part moves the probability of the reference's class.{_left_out(shown, ablations)}")
    columns = min(2, len(shown))
    lines = -(-len(shown) // columns)
    drawn = blank((0.19 * (len(moving) + 2) + 0.27) * lines + 0.45)
    grid = drawn.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    for axes, ablation in zip(grid.flat, shown, strict=False):
        _waterfall(axes, ablation, moving)
    for axes in grid.flat[len(shown) :]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        rows = [shown[0].steps[0].name, *moving, shown[0].steps[-1].name]
        axes.set_yticks(range(len(rows)), rows, fontsize=SMALL)
    grid[0, 0].invert_yaxis()
    grid[0, 0].set_xlim(0, 1.5 if columns == 2 else 1.15)
    grid[0, 0].set_xticks([0, 0.5, 1])
    drawn.supxlabel("probability of the reference's class", fontsize=SMALL)
    return show(drawn, _described(shown, moving), f"{_found(shown)}{_still(shown, moving)}{_left_out(shown, ablations)}")


def _waterfall(axes: Axes, ablation: Ablation, moving: Sequence[str]) -> None:
    first, last = ablation.steps[0].probability, ablation.steps[-1].probability
    ends = (0, first, GREY), (len(moving) + 1, last, DARK)
    for row, value, colour in ends:
        axes.barh(row, _finite(value), color=colour)
        _beside(axes, probability(value, 3), value, row)
    level = _finite(first)
    for row, part in enumerate(moving, start=1):
        share = _finite(ablation.shares[part])
        axes.barh(row, share, left=level, color=BLUE if share >= 0 else VERMILION)
        axes.plot([level, level], [row - 1.4, row + 0.4], color=GREY, linewidth=0.8)
        level += share
        _beside(axes, signed(ablation.shares[part], 3), max(level, level - share), row)
    axes.tick_params(axis="y", length=0)
    axes.spines["bottom"].set_bounds(0, 1)
    axes.set_title(ablation.photo, fontsize=SMALL)


def _beside(axes: Axes, text: str, x: float, y: float) -> None:
    axes.annotate(
        text, (float(np.nan_to_num(_finite(x))), y), xytext=(3, 0), textcoords="offset points", va="center", fontsize=SMALL
    )


def _described(shown: Sequence[Ablation], moving: Sequence[str]) -> str:
    bars = ", ".join((shown[0].steps[0].name, *moving, shown[0].steps[-1].name))
    return f"Waterfall charts, one for each of {', '.join(each.photo for each in shown)}: bars for {bars}, in probability"


def _found(shown: Sequence[Ablation]) -> str:
    """How far the photo goes that goes furthest, and by which part most."""
    far = max(shown, key=lambda each: np.nan_to_num(abs(each.gap), nan=np.inf))
    start, end = probability(far.steps[0].probability), probability(far.steps[-1].probability)
    alone = all(abs(share) < LEAST for part, share in far.shares.items() if part != far.largest)
    share = f"{'all' if alone else 'most'} of it by {far.largest} ({signed(far.shares[far.largest])})"
    return f"{far.photo} goes from {start} to {end}, {share}."


def _still(shown: Sequence[Ablation], moving: Sequence[str]) -> str:
    still = [part for part in shown[0].shares if part not in moving]
    return f" No photo is moved by more than {LEAST:.5f} by {enumerated(still, 'or')}." if still else ""


def _left_out(shown: Sequence[Ablation], ablations: Sequence[Ablation]) -> str:
    return f" The first {len(shown)} of {len(ablations)} photos are drawn." if len(ablations) > len(shown) else ""


def stages(comparison: Comparison, allowed: Mapping[str, float], caption: str) -> Html:
    """Shapes, values and largest difference, stage by stage."""
    rows = [
        (
            each.stage,
            _values(each.reference),
            _values(each.candidate),
            "other shape" if math.isinf(each.largest) else f"{number(each.largest)} {UNITS[each.stage]}",
            f"{number(allowed[each.stage])} {UNITS[each.stage]}",
            "✓ same" if each.within(allowed[each.stage]) else "✗ differs",
        )
        for each in comparison.stages
    ]
    headers = ("stage", "reference", "deployment", "largest difference", "tolerance", "result")
    return table(headers, rows, caption=f"{caption}, stage by stage, on {comparison.photo}")


def naive_stages(naive: Pair | None, allowed: Mapping[str, float]) -> Html:
    """Where the naive deployment differs first, and every stage of it."""
    if naive is None:
        return join()
    return join(first_stage(naive.comparison, allowed), stages(naive.comparison, allowed, "Naive deployment"))


def first_stage(comparison: Comparison, allowed: Mapping[str, float]) -> Html:
    """The first stage that differs, in a sentence."""
    first = comparison.first(allowed)
    return note(f"The first stage that differs is {first}." if first else "No stage differs.")


def steps_table(handoff: Handoff, ablations: Sequence[Ablation]) -> Html:
    """Probability of the reference's class at each step, with the article's figures where they compare."""
    rows: list[tuple[str, ...]] = []
    for photo, ablation in zip(handoff.photos.readable, ablations, strict=True):
        name = _class(handoff.subject.classes, ablation.steps[-1].reference.top1)
        rows.append((ablation.photo, name, *(_step(step) for step in ablation.steps)))
        figures = article.figures(handoff.subject, photo)
        if figures:
            theirs = (f"{figures[step.name]:.4f}" if step.name in figures else "—" for step in ablation.steps)
            rows.append(("the article, same photo", article.CLASS, *theirs))
    headers = ("photo", "reference's class", *(step.name for step in ablations[0].steps))
    caption = "Probability of the reference's class, fix by fix"
    said = [*_tied([each.steps[-1] for each in ablations]), *_already_right(handoff.subject.contract)]
    return join(table(headers, rows, caption=caption), *map(note, said))


def _tied(references: Sequence[Comparison]) -> list[str]:
    """On how many photos the reference's class is the first of several, as where a network answers with a constant."""
    tied = sum(len(set(each.reference.probabilities[:2])) < len(each.reference.probabilities[:2]) for each in references)
    return [f"On {tied} of {len(references)} photos several classes are likeliest; the first of them is named."] if tied else []


def _already_right(contract: Contract) -> list[str]:
    """What the naive deployment does as the subject file states it, so that the fix of it changes nothing."""
    said = []
    if "squash" in own(contract):
        said.append(
            "The subject file states a squash: the naive deployment has the right shape, and that step changes nothing."
        )
    if contract.filter == NAIVE_FILTER:
        said.append(
            f"The subject file states {NAIVE_FILTER}: the naive deployment has the right filter, so that fix changes nothing."
        )
    return said


def steps_finding(ablations: Sequence[Ablation]) -> Html:
    """What the naive deployment does to the answers, in a sentence."""
    higher = sum(each.gap < -LEAST for each in ablations)
    flipped = sum(each.steps[0].flipped for each in ablations)
    return note(
        f"On {higher} of {len(ablations)} photos the naive deployment gives the reference's class a higher probability than "
        f"the reference does, and on {flipped} it names another. A probability says how sure the network is of a class, not "
        "which pipeline is right, and accuracy is not measured here. PyTorch's pipeline is the reference because it does what "
        "the subject file states, not because it gives the highest number."
    )


def shares(ablations: Sequence[Ablation], caption: str) -> Html:
    """Each part's Shapley share of each photo's gap."""
    rows = [(each.photo, signed(each.gap), *(signed(share) for share in each.shares.values())) for each in ablations]
    return table(("photo", "gap", *ablations[0].shares), rows, caption=caption)


def shares_finding(ablations: Sequence[Ablation]) -> Html:
    """The parts with the largest mean shares, by size, in a sentence."""
    means = {part: sum(abs(each.shares[part]) for each in ablations) / len(ablations) for part in ablations[0].shares}
    if any(math.isnan(mean) for mean in means.values()):
        mixed = (f"on {each.photo} a mix of the two pipelines is refused: {each.refused}" for each in ablations if each.refused)
        return note(f"The gap cannot be shared out: {next(mixed, 'the deployment gives NaN')}.", "warning")
    ordered = sorted(means, key=lambda part: means[part], reverse=True)
    moving = [part for part in ordered[:2] if means[part] >= LEAST]
    if not moving:
        return note(f"Over {len(ablations)} photos no part moves the probability.")
    said = f"{moving[0]} moves the probability by {number(means[moving[0]])} on average, "
    said += "".join(f"{part} by {number(means[part])}, " for part in moving[1:])
    rest = number(means[ordered[len(moving)]])
    return note(f"Over {counted(len(ablations), 'photo')} {said}and any other part by {rest} or less.")


def same_input(study: Study, rules: Policy) -> Html:
    """How far the network and the softmax are from PyTorch's on the same input."""
    rows = []
    for stage, comparisons, check in (
        ("infer", study.networks, rules["parity.network"]),
        ("score", study.softmaxes, rules["parity.softmax"]),
    ):
        largest = worst(comparisons, stage)
        refused = next((f"refused: {each.refused}" for each in comparisons if each.refused), "")
        result = "✓ same" if check.holds(largest) else "✗ differs"
        rows.append(
            (
                stage,
                refused or f"{number(largest)} {UNITS[stage]}",
                f"{number(check.threshold)} {UNITS[stage]}",
                str(len(comparisons)),
                result,
            )
        )
    return table(("stage", "largest difference", "tolerance", "photos", "result"), rows, caption="Fed the very same input")


def deployment(study: Study, allowed: Mapping[str, float], contract: Contract, classes: Sequence[str]) -> Html:
    """What is to be shipped against PyTorch: a sentence where nothing differs, else where it does, on the photo where most."""
    said = deployment_finding(study.comparisons, allowed)
    tables = answers(study.comparisons, allowed, classes), worst_stages(study.comparisons, allowed)
    if not study.diverging(allowed):
        return join(said, folded("Every photo and every stage in numbers", *tables))
    by_stage = "The deployment: Shapley shares of its gap in probability, by stage"
    return join(
        said,
        stages_apart(study.divergent, contract, classes, "parity-deployment"),
        *tables,
        waterfalls([study.most_divergent]),
        folded("The shares of every photo", shares(study.from_deployment, by_stage)),
    )


def answers(comparisons: Sequence[Comparison], allowed: Mapping[str, float], classes: Sequence[str]) -> Html:
    """One row a photo: the deployment as it is against the reference."""
    rows = [
        (
            each.photo,
            _class(classes, each.reference.top1),
            probability(each.reference.probability, 6),
            probability(each.probability, 6),
            each.first(allowed) or "none",
            "✓ same answer" if not each.flipped and each.first(allowed) is None else "✗ differs",
        )
        for each in comparisons
    ]
    headers = ("photo", "reference's class", "reference", "deployment", "first stage that differs", "result")
    return table(headers, rows, caption="Probability of the reference's class")


def worst_stages(comparisons: Sequence[Comparison], allowed: Mapping[str, float]) -> Html:
    """The largest difference of any photo, stage by stage."""
    rows = []
    for stage, unit in UNITS.items():
        largest = worst(comparisons, stage)
        result = "✓ same" if largest <= allowed[stage] else "✗ differs"
        rows.append((stage, f"{number(largest)} {unit}", f"{number(allowed[stage])} {unit}", result))
    caption = f"The deployment, worst of {len(comparisons)} photos"
    return table(("stage", "largest difference", "tolerance", "result"), rows, caption=caption)


def deployment_finding(comparisons: Sequence[Comparison], allowed: Mapping[str, float]) -> Html:
    """Where the deployment differs from the reference, if it does, in a sentence."""
    found = [first for each in comparisons if (first := each.first(allowed))]
    if not found:
        return note(f"The deployment gives PyTorch's answer on all {len(comparisons)} photos, stage by stage.")
    where = ", ".join(stage for stage in UNITS if stage in found)
    said = f"The deployment differs from PyTorch on {len(found)} of {len(comparisons)} photos, first at: {where}."
    return note(said, "warning")


def _class(classes: Sequence[str], index: int) -> str:
    return classes[index] if index >= 0 else NO_CLASS


def _step(step: Comparison) -> str:
    other = step.flipped and not math.isnan(step.probability)
    return probability(step.probability) + " (another class wins)" * other


def _values(summary: Summary) -> str:
    shape = " × ".join(map(str, summary.shape))
    return f"{shape}: {number(summary.least)} to {number(summary.greatest)}, mean {number(summary.mean)}"
