"""How far mistakes move the answers of several photos, on one map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lib.compare.comparison import Comparison
from lib.numbers import signed
from lib.report.drawing import PICTURED, over_all, shortened, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html


@styled
def change_map(every: Sequence[Sequence[Comparison]], title: str) -> Html:
    """How far each mistake moves each photo's probability: signed, on one scale, a cross where the class flips.

    Args:
        every: for each photo, one a column, its comparisons: the same mistakes in the same order, one a row.
        title: of the figure.
    """
    photos, names = [compared[0].photo for compared in every], [each.name for each in every[0]]
    changes = np.array([[each.change for each in compared] for compared in every]).T
    flips = np.array([[each.flipped for each in compared] for compared in every]).T
    sizes = np.nan_to_num(np.abs(changes))
    figure = blank(0.25 * len(names) + 2.3)
    axes = figure.subplots()
    limit = float(sizes.max()) or 1.0
    shown = photos[:PICTURED]
    image = axes.imshow(changes[:, : len(shown)], cmap="PuOr", vmin=-limit, vmax=limit, aspect="auto")
    for (row, column), value in np.ndenumerate(changes[:, : len(shown)]):
        dark = abs(value) > 0.6 * limit
        text = signed(value, 3).replace("0.", ".") + " ✗" * bool(flips[row, column])
        axes.text(column, row, text, ha="center", va="center", fontsize=7.5, color="white" if dark else "black")
    axes.set_xticks(range(len(shown)), shown, rotation=40, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), [shortened(name) for name in names], fontsize=8)
    figure.colorbar(image, label="change in probability", orientation="horizontal", shrink=0.7, aspect=40)
    over_all(figure, title)
    row, column = np.unravel_index(int(sizes.argmax()), sizes.shape)
    said = f"{int(flips.sum())} of {flips.size} combinations change the likeliest class; "
    if sizes.any():
        said += f"the largest move is {signed(float(changes[row, column]))} by {names[int(row)]} on {photos[int(column)]}"
    else:
        said += "none moves the probability"
    rest = f" The first {len(shown)} of {len(photos)} photos are drawn." if len(photos) > len(shown) else ""
    return show(figure, f"{title}: {said}.", f"{title}: {said}. A cross marks a photo whose likeliest class changes.{rest}")
