"""Pictures of where pixels go."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from lib.checks import number, probability, signed
from lib.deploy.stages import decode
from lib.drawing import PICTURED, VERMILION, over_all, shortened, show, styled
from lib.drawing import figure as blank
from lib.html import Html, join
from lib.photos import Photo
from lib.resizing import Seen, on_grid

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


@styled
def change_map(photos: Sequence[Photo], rules: Sequence[str], changes: NDArray[Any], flips: NDArray[Any], title: str) -> Html:
    """How far each mistake moves each photo's probability: signed, on one scale, a cross where the class flips.

    Args:
        photos: one a column.
        rules: names of the mistakes, one a row.
        changes: (rules, photos), differences in probability.
        flips: (rules, photos), whether the likeliest class is another.
        title: of the figure.
    """
    figure = blank(0.25 * len(rules) + 2.3)
    axes = figure.subplots()
    limit = float(np.nanmax(np.abs(changes))) or 1.0
    shown = photos[:PICTURED]
    image = axes.imshow(changes[:, : len(shown)], cmap="PuOr", vmin=-limit, vmax=limit, aspect="auto")
    for (row, column), value in np.ndenumerate(changes[:, : len(shown)]):
        dark = abs(value) > 0.6 * limit
        text = signed(value, 3).replace("0.", ".") + " ✗" * bool(flips[row, column])
        axes.text(column, row, text, ha="center", va="center", fontsize=7.5, color="white" if dark else "black")
    axes.set_xticks(range(len(shown)), [photo.name for photo in shown], rotation=40, ha="right", fontsize=8)
    axes.set_yticks(range(len(rules)), [shortened(rule) for rule in rules], fontsize=8)
    figure.colorbar(image, label="change in probability", orientation="horizontal", shrink=0.7, aspect=40)
    over_all(figure, title)
    row, column = np.unravel_index(int(np.nanargmax(np.abs(changes))), changes.shape)
    said = f"{int(flips.sum())} of {flips.size} combinations change the likeliest class; the largest move is "
    said += f"{signed(float(changes[row, column]))} by {rules[int(row)]} on {photos[int(column)].name}"
    rest = f" The first {len(shown)} of {len(photos)} photos are drawn." if len(photos) > len(shown) else ""
    return show(figure, f"{title}: {said}.", f"{title}: {said}. A cross marks a photo whose likeliest class changes.{rest}")


def shape_changes(every: Sequence[Sequence[Seen]]) -> Html:
    """The :func:`change_map` of the shape rules over all photos."""
    rules = [each.rule for each in every[0][1:]]
    changes = np.array([[seen[i + 1].probability - seen[0].probability for seen in every] for i in range(len(rules))])
    flips = np.array([[seen[i + 1].flipped for seen in every] for i in range(len(rules))])
    return change_map([seen[0].photo for seen in every], rules, changes, flips, "What the wrong shape does to the answer")
