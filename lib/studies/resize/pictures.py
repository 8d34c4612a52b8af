"""Pictures of where pixels go."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from lib.numbers import number, probability, signed
from lib.deploy.stages import decode
from lib.report.drawing import PICTURED, VERMILION, over_all, shortened, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, join
from lib.inputs.photos import Photo
from lib.studies.resize.measure import Seen, on_grid

SCALE = 32  # levels at the top of the colour scale, the same in every heatmap of differences


@styled
def _card(seen: Seen, reference: Seen, classes: Sequence[str]) -> Html:
    figure = blank(2.6)
    panels = figure.subplots(1, 2)
    width, height = seen.view.size
    panels[0].imshow(seen.trace.resize)
    panels[0].set_title(f"{seen.rule}: {width}×{height}")
    panels[0].axis("off")
    image = _difference_map(panels[1], seen)
    figure.colorbar(image, ax=panels[1], label="levels", shrink=0.85, extend="max")
    panels[1].set_title("where it differs", fontweight="normal")
    top = seen.trace.score[0].argsort()[::-1][:5]
    five = ", ".join(f"{classes[i]} {probability(float(seen.trace.score[0, i]), 3)}" for i in top)
    said = f"{seen.rule} shows {1 - seen.unseen:.0%} of {seen.photo.name} at {width}×{height}, differs by "
    said += f"{number(seen.mean_difference)} levels on average where both see something, and moves the probability of the "
    said += f"reference's class by {signed(seen.probability - reference.probability)}"
    return show(figure, f"{said}.", f"{said}. Top five: {five}.", photographic=True)


def cards(seen: Sequence[Seen], classes: Sequence[str]) -> Html:
    """For each rule what the network is shown, and where that differs from the reference, on the photo itself."""
    reference, *mistaken = seen
    return join(*(_card(each, reference, classes) for each in mistaken))


def _difference_map(axes: Axes, seen: Seen) -> Any:
    """The difference over the faint photo; what the network is not shown is hatched."""
    shape = seen.difference.shape
    grey = on_grid(decode(seen.photo.data), shape).mean(axis=2)
    axes.imshow(255 - (255 - grey) * 0.35, cmap="gray", vmin=0, vmax=255)
    strength = np.clip(np.nan_to_num(seen.difference) / SCALE, 0, 1)
    opacity = np.where(strength > 0, 0.25 + 0.75 * strength, 0)
    image = axes.imshow(seen.difference, cmap="cividis", vmin=0, vmax=SCALE, alpha=opacity)
    unseen = np.isnan(seen.picture[:, :, 0])
    if unseen.any():
        axes.contourf(unseen, levels=[0.5, 1.5], colors=[VERMILION], alpha=0.25)
        axes.contourf(unseen, levels=[0.5, 1.5], colors="none", hatches=["//"])
    axes.axis("off")
    return image


@styled
def strip(seen: Sequence[Seen], classes: Sequence[str]) -> Html:
    """What the network is shown under every rule, in one picture."""
    columns = 4
    rows = -(-len(seen) // columns)
    figure = blank(1.75 * rows)
    target = int(seen[0].trace.score[0].argmax())
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels:
        axes.axis("off")
    for axes, each in zip(panels, seen, strict=False):
        width, height = each.view.size
        axes.imshow(each.trace.resize)
        mark = " ✗" if each.flipped else ""
        title = f"{textwrap.fill(each.rule, 20)}\n{width}×{height}, {probability(each.probability, 3)}{mark}"
        axes.set_title(title, fontsize=7, fontweight="normal", color=VERMILION if each.flipped else "black")
    flipped = [each.rule for each in seen if each.flipped]
    said = f"{seen[0].photo.name} under {len(seen) - 1} shape rules beside the reference, with the probability of "
    said += f"{classes[target]}; "
    said += f"another class wins under {', '.join(flipped)}" if flipped else "the likeliest class stays the same under all"
    return show(figure, f"{said}.", f"{said}.", photographic=True)





def shape_changes(every: Sequence[Sequence[Seen]]) -> Html:
    """The :func:`change_map` of the shape rules over all photos."""
    rules = [each.rule for each in every[0][1:]]
    changes = np.array([[seen[i + 1].probability - seen[0].probability for seen in every] for i in range(len(rules))])
    flips = np.array([[seen[i + 1].flipped for seen in every] for i in range(len(rules))])
    return change_map([seen[0].photo for seen in every], rules, changes, flips, "What the wrong shape does to the answer")


def shapes(seen: Sequence[Seen], classes: Sequence[str]) -> Html:
    """What each shape rule shows of a photo, and the two likeliest classes it leads to."""
    rows = []
    for each in seen:
        width, height = each.view.size
        top = each.trace.score[0].argsort()[::-1][:2]
        rows.append(
            (
                each.rule,
                f"{width} × {height}",
                f"{1 - each.unseen:.0%}",
                f"{each.stretch:.2f}",
                "" if each.rule == "reference" else number(each.mean_difference),
                probability(each.probability),
                ", ".join(f"{classes[i]} {probability(float(each.trace.score[0, i]), 3)}" for i in top),
            )
        )
    headers = ("rule", "input", "of the photo", "stretch", "levels, mean", "reference's class", "likeliest two")
    return table(headers, rows, caption=f"{seen[0].photo.name}: what each rule shows, and what comes of it")


def shapes_finding(every: Sequence[Sequence[Seen]]) -> Html:
    """The rule that moves the answers most, in a sentence."""
    moves = {
        seen[i].rule: sum(abs(s[i].probability - s[0].probability) for s in every) / len(every)
        for seen in every[:1]
        for i in range(1, len(seen))
    }
    flips = {each.rule: sum(s[i].flipped for s in every) for i, each in enumerate(every[0]) if i}
    worst_rule = max(moves, key=lambda rule: moves[rule])
    most = max(flips, key=lambda rule: flips[rule])
    return note(
        f"Over {len(every)} photos {worst_rule} moves the probability most, by {number(moves[worst_rule])} on average; "
        f"{most} changes the likeliest class most often, on {flips[most]}."
    )
