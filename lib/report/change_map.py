"""How far mistakes move the answers of several photos, on one map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.numbers import signed
from lib.report.drawing import PICTURED, over_all, shortened, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html


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
