"""A forest plot: values of 0 and more with their intervals, one a row, the name before it and the number behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lib.report.drawing import BLUE, DARK, GREEN, GREY, SMALL, VERMILION, over_all, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html
from lib.studies.cost.findings import Estimate

PITCH = 0.165  # inches of a row
_LONG = 25  # rows from which on the axis stands above them too
# Colour and marker of each kind: told apart by shape as well.
_LOOKS = ((BLUE, "o"), (VERMILION, "s"), (GREEN, "D"), (DARK, "^"))


@dataclass(frozen=True)
class Row:
    """One value.

    Attributes:
        name: before it.
        found: the value with its interval, in the unit of the axis; where an end is NaN no interval is drawn.
        said: the number behind it.
        kind: one of the axis' kinds; or empty.
    """

    name: str
    found: Estimate
    said: str
    kind: str = ""


@dataclass(frozen=True)
class Axis:
    """What the values are.

    Attributes:
        title: of the figure.
        unit: what is measured, and in which unit.
        kinds: of rows, in the order of the legend; none where there is no legend.
    """

    title: str
    unit: str
    kinds: tuple[str, ...] = ()


@styled
def forest(rows: Sequence[Row], axis: Axis, alt: str, caption: str, name: str = "") -> Html:
    """The figure.

    Args:
        rows: one or more, from top to bottom.
        axis: what they are.
        alt: as :func:`lib.report.drawing.show` takes it.
        caption: as there.
        name: as there.
    """
    drawn = blank(PITCH * len(rows) + (1.2 if axis.kinds else 1.0))
    axes = drawn.subplots()
    for kind, (colour, marker) in zip(axis.kinds or ("",), _LOOKS, strict=False):
        places = [i for i, row in enumerate(rows) if row.kind == kind]
        lows, values, highs = np.array([(f.low, f.value, f.high) for f in (rows[i].found for i in places)]).reshape(-1, 3).T
        axes.hlines(places, lows, highs, color=colour, linewidth=1.3)
        axes.plot(values, places, marker, color=colour, markersize=3.6, linestyle="none", label=kind)
    for i, row in enumerate(rows):
        axes.annotate(
            row.said, (1.02, i), xycoords=("axes fraction", "data"), va="center_baseline", fontsize=SMALL, annotation_clip=False
        )
    if axis.kinds:
        legend = drawn.legend(loc="upper left", bbox_to_anchor=(0, 1 - PITCH / drawn.get_figheight()), ncols=len(axis.kinds))
        legend.set(frame_on=False, in_layout=False)  # in a line that the title leaves for it
    axes.set_xlim(left=0)
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="x", color=GREY, linewidth=0.4, alpha=0.5)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", length=2, top=len(rows) >= _LONG, labeltop=len(rows) >= _LONG)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(axis.unit, fontsize=SMALL)
    over_all(drawn, axis.title + "\n" * bool(axis.kinds))
    return show(drawn, alt, caption, name)
