"""Pictures and tables of the deployment against the reference, and of the steps from one to the other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from lib.compare.ablation import NAIVE_FILTER, Ablation
from lib.compare.comparison import UNITS, Comparison, Summary, worst
from lib.deploy import Contract
from lib.handoff import Handoff
from lib.mistakes.own import own
from lib.numbers import number, probability, signed
from lib.policy import Policy
from lib.report.drawing import BLUE, DARK, GREY, PICTURED, VERMILION, apart, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, join, note, table
from lib.studies.parity import article
from lib.studies.parity.measure import Study

NO_CLASS = "none: NaN"


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
        f"the naive deployment is off by up to {number(_largest([each.gap for each in ablations]))} in probability and names "
        f"another class on {sum(each.steps[0].flipped for each in ablations)} of {len(ablations)} photos; the deployment as it "
        f"is is off by at most {number(_largest([each.steps[-2].change for each in ablations]))}"
    )
    names = ", ".join(step.name for step in ablations[0].steps)
    rest = f" The first {len(shown)} of {len(ablations)} photos are drawn." if len(ablations) > len(shown) else ""
    return show(
        drawn,
        f"Line chart of probabilities over the steps {names}: {said}.",
        f"Each line is a photo; a cross marks a step whose likeliest class is another one. In short: {said}.{rest}",
    )


def _lines(axes: Axes, ablations: Sequence[Ablation]) -> None:
    names = [step.name.replace(" ", "\n") for step in ablations[0].steps]
    ends = sorted(ablations, key=lambda each: np.nan_to_num(each.steps[-1].probability))
    heights = apart([float(np.nan_to_num(each.steps[-1].probability)) for each in ends], 0.055)
    colors = matplotlib.colormaps["cividis"](np.linspace(0, 0.6, len(ends)))
    for ablation, height, color in zip(ends, heights, colors, strict=True):
        line = [step.probability for step in ablation.steps]
        axes.plot(names, line, marker="o", color=color)
        flipped = [i for i, step in enumerate(ablation.steps) if step.flipped]
        axes.plot(flipped, [line[i] for i in flipped], "X", color=VERMILION, markersize=11, zorder=3)
        axes.annotate(
            ablation.photo,
            (len(names) - 1, line[-1]),
            (len(names) - 0.88, height),
            va="center",
            color=color,
            fontsize=9,
            annotation_clip=False,
        )
    axes.set_xlim(-0.15, len(names) - 0.1)
    axes.tick_params(axis="x", labelsize=8.5)


def _largest(changes: Sequence[float]) -> float:
    return float(np.max(np.abs(changes)))


@styled
def waterfall(ablation: Ablation) -> Html:
    """From the first step's probability to the reference's, each part's Shapley share one bar."""
    drawn = blank(2.3)
    axes = drawn.subplots()
    first, last = ablation.steps[0], ablation.steps[-1]
    rows = [first.name, *ablation.shares, last.name]
    axes.barh(0, first.probability, color=GREY)
    axes.barh(len(rows) - 1, last.probability, color=DARK)
    level = first.probability
    reach = [first.probability, last.probability]
    for row, share in enumerate(ablation.shares.values(), start=1):
        axes.barh(row, share, left=level, color=BLUE if share >= 0 else VERMILION)
        axes.plot([level, level], [row - 1.4, row + 0.4], color=GREY, linewidth=0.8)
        level += share
        reach.append(level)
        _beside(axes, signed(share), max(level, level - share), row)
    _beside(axes, probability(first.probability), first.probability, 0)
    _beside(axes, probability(last.probability), last.probability, len(rows) - 1)
    axes.set_yticks(range(len(rows)), rows, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, float(np.nanmax([0.1, *reach])) * 1.18)
    axes.set_xlabel("probability of the reference's class", fontsize=9)
    axes.set_title(ablation.photo)
    most = signed(ablation.shares[ablation.largest])
    by = f", most of it by {ablation.largest} ({most})" if most != "0" else ": no part moves it"
    said = f"{ablation.photo} goes from {probability(first.probability)} to {probability(last.probability)}{by}"
    return show(drawn, f"Waterfall chart: {said}.", f"{said}.")


def waterfalls(ablations: Sequence[Ablation]) -> Html:
    """A :func:`waterfall` for each of the first photos."""
    return join(*(waterfall(each) for each in ablations[:PICTURED]))


def _beside(axes: Axes, text: str, x: float, y: float) -> None:
    axes.annotate(text, (x, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9)


def stages(comparison: Comparison, allowed: Mapping[str, float], caption: str) -> Html:
    """Shapes, values and largest difference, stage by stage."""
    rows = [
        (
            each.stage,
            _values(each.reference),
            _values(each.candidate),
            "other shape" if math.isinf(each.largest) else f"{number(each.largest)} {UNITS[each.stage]}",
            number(allowed[each.stage]),
            "✓ same" if each.within(allowed[each.stage]) else "✗ differs",
        )
        for each in comparison.stages
    ]
    headers = ("stage", "reference", "deployment", "largest difference", "tolerance", "result")
    return table(headers, rows, caption=f"{caption}, stage by stage, on {comparison.photo}")


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
            theirs = (f"{figures[step.name]:.4f}" if step.name in figures else "" for step in ablation.steps)
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
    higher = sum(each.gap < 0 for each in ablations)
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
        return note("The gap cannot be shared out: the deployment gives NaN.", "warning")
    if not any(means.values()):
        return note(f"Over {len(ablations)} photos no part moves the probability.")
    first, second, third = sorted(means, key=lambda part: means[part], reverse=True)[:3]
    return note(
        f"Over {len(ablations)} photos the {first} moves the probability by {number(means[first])} on average, the "
        f"{second} by {number(means[second])}, any other part by at most {number(means[third])}."
    )


def same_input(study: Study, rules: Policy) -> Html:
    """How far the network and the softmax are from PyTorch's on the same input."""
    rows = []
    for stage, comparisons, check in (
        ("infer", study.networks, rules["parity.network"]),
        ("score", study.softmaxes, rules["parity.softmax"]),
    ):
        largest = worst(comparisons, stage)
        result = "✓ same" if check.holds(largest) else "✗ differs"
        rows.append((stage, f"{number(largest)} {UNITS[stage]}", number(check.threshold), str(len(comparisons)), result))
    return table(("stage", "largest difference", "tolerance", "photos", "result"), rows, caption="Fed the very same input")


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
        rows.append((stage, f"{number(largest)} {unit}", number(allowed[stage]), result))
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
