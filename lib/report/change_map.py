"""How far mistakes move the answers of photos."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from lib.compare.comparison import Comparison
from lib.numbers import counted, signed
from lib.report.drawing import DARK, PICTURED, SMALL, luminance, over_all, shortened, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html, note

REFUSED = "refused"
LEAST = 0.005  # probability: mistakes that change every photo's by less are named alone
_MIDDLE = 0.18  # relative luminance: white text on what is darker, and black on what is lighter, has a contrast of 4.5 and more
_LETTERS = 60  # in a line of the figure
_CELL = 0.55  # of a row's height; the mistake's name stands above it


@styled
def change_map(every: Sequence[Sequence[Comparison]], title: str) -> Html:
    """How far each mistake moves each photo's probability: signed, on one scale, a cross where the class flips.

    A mistake's name stands over its row, so that the numbers have the whole width on a phone too. The mistake that moves most
    on average comes first; those that move no photo are named, and not drawn.

    Args:
        every: for each photo, one a column, its comparisons: the same mistakes in the same order, one a row.
        title: of the figure.
    """
    rows = list(zip(*every, strict=True))
    moving = [row for row in rows if any(_moves(each) for each in row)]
    said = f"{title}: {_found(every)}."
    still = [row[0].name for row in rows if row not in moving]
    rest = f" Below {LEAST} on every photo: {'; '.join(still)}." if still else ""
    if not moving:
        return note(said + rest)
    ordered = sorted(moving, key=lambda row: -float(np.mean([_size(each) for each in row])))
    alike: dict[tuple[str, ...], list[Sequence[Comparison]]] = {}
    for row in ordered:
        alike.setdefault(tuple(map(_text, row)), []).append(row)
    shown = [together[0][:PICTURED] for together in alike.values()]
    names = [_names([row[0].name for row in together]) for together in alike.values()]
    photos = [each.photo for each in shown[0]]
    drawn = blank(0.36 * len(shown) + 1.3)
    axes = drawn.subplots()
    limit = max(_size(each) for row in shown for each in row)
    for i, (name, cells) in enumerate(zip(names, shown, strict=True)):
        axes.text(-0.47, i - 0.06, name, va="bottom", fontsize=SMALL)
        for column, each in enumerate(cells):
            _cell(axes, i, column, each, limit)
    axes.set_xlim(-0.5, len(photos) - 0.5)
    axes.set_ylim(len(shown) - 1 + _CELL, -0.5)
    axes.set_xticks(range(len(photos)), photos, rotation=30, ha="left", rotation_mode="anchor")
    axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=2)
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    over_all(drawn, title)
    more = f" The first {len(photos)} of {len(every)} photos are drawn." if len(every) > len(photos) else ""
    return show(
        drawn,
        f"Table in colours: {counted(len(ordered), 'mistake')}{_in_rows(ordered, shown)}, on {', '.join(photos)}, one a "
        "column, with the change in probability in each cell",
        f"{said} In each cell: by how much the probability of the reference's class changes, with a cross where another class "
        f"wins.{rest}{more}",
    )


def _in_rows(mistakes: Sequence[Sequence[Comparison]], rows: Sequence[Sequence[Comparison]]) -> str:
    return ", one a row" if len(rows) == len(mistakes) else f" in {counted(len(rows), 'row')}, those that do the same in one"


def _cell(axes: Axes, row: int, column: int, each: Comparison, limit: float) -> None:
    """One number on its colour, in a frame where another class wins."""
    ground = matplotlib.colormaps["PuOr"](0.5 + np.sign(np.nan_to_num(each.change)) * _size(each) / limit / 2 if limit else 0.5)
    edge, width = (DARK, 1.6) if each.flipped else ("white", 0.6)
    axes.add_patch(
        Rectangle((column - 0.47, row), 0.94, _CELL, facecolor=ground, edgecolor=edge, linewidth=width, clip_on=False)
    )
    colour = "white" if luminance(ground) < _MIDDLE else "black"
    axes.text(column, row + _CELL / 2, _text(each), color=colour, ha="center", va="center", fontsize=SMALL)


def _text(each: Comparison) -> str:
    if each.refused:
        return REFUSED
    return signed(each.change, 3).replace("0.", ".") + " ✗" * each.flipped


def _names(names: Sequence[str]) -> str:
    """Names of mistakes that do the same, in one line of the figure."""
    together = shortened("; ".join(names))
    return together if len(together) <= _LETTERS else f"{shortened(names[0])} and {len(names) - 1} more"


def _size(each: Comparison) -> float:
    return float(np.nan_to_num(abs(each.change), posinf=1.0))  # probability moves by no more


def _moves(each: Comparison) -> bool:
    return each.flipped or bool(each.refused) or not abs(each.change) < LEAST


def _found(every: Sequence[Sequence[Comparison]]) -> str:
    """How many change the class, how many are refused, and which moves most."""
    all_of_them = [each for compared in every for each in compared]
    flips, refused = sum(each.flipped for each in all_of_them), sum(bool(each.refused) for each in all_of_them)
    said = f"{flips} of {len(all_of_them)} combinations change the likeliest class; "
    said += f"{refused} give no answer, since the photo is refused; " if refused else ""
    most = max(all_of_them, key=_size, default=None)
    if most is None or not _size(most):
        return f"{said}none moves the probability"
    return f"{said}the largest move of the reference's class is {signed(most.change)} by {most.name} on {most.photo}"
