"""Colours of signed errors: white where there is none, blue where a picture is too dark, orange where it is too bright.

Strength goes with the square root of the error, so that one level can be seen beside many. Both colours darken alike as the
error grows: in grey print, and to colour-blind readers, its size is still told. What is not shown is hatched.
"""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import NDArray

from lib.report.drawing import BLUE, VERMILION
from lib.report.html import Html
from lib.report.image import webp_source

TICKS = 4  # on either side of the scale's middle
HATCHED = (196, 202, 208)  # over white, where there is nothing to compare
_STRIPE = 8  # pixels from one stripe to the next


@functools.cache
def _colours() -> NDArray[np.uint8]:
    """From the darkest blue over white to the darkest orange: uint8 (513, 3)."""
    ends = ["#00243d", BLUE, "#ffffff", VERMILION, "#4a1d00"]
    table = LinearSegmentedColormap.from_list("signed", ends, N=513)(np.arange(513))
    colours: NDArray[np.uint8] = np.rint(table[:, :3] * 255).astype(np.uint8)
    return colours


def signed(error: NDArray[np.floating], reach: float) -> NDArray[np.uint8]:
    """A map of an error, a pixel for each of its values.

    Args:
        error: (h, w), in any unit; NaN where there is nothing to compare.
        reach: the size of an error, in the same unit, at which colours end.

    Returns:
        uint8 (h, w, 3).
    """
    known = np.nan_to_num(error, nan=0.0, posinf=reach, neginf=-reach)
    strength = np.sign(known) * np.sqrt(np.clip(np.abs(known) / reach, 0, 1))
    picture = _colours()[np.rint((strength + 1) * 256).astype(int)]
    rows, columns = np.nonzero(np.isnan(error))
    striped = (rows + columns) % _STRIPE < 2
    picture[rows, columns] = 255
    picture[rows[striped], columns[striped]] = HATCHED
    return picture


def scale(reach: float, unit: str, below: str = "too dark", above: str = "too bright") -> Html:
    """The labelled scale of :func:`signed`.

    Args:
        reach: as there.
        unit: of the error.
        below: what an error below 0 means.
        above: what one above 0 means.
    """
    ticks = [reach * (i / TICKS) ** 2 for i in range(TICKS, 0, -1)]
    labels = [*(f"−{tick:g}" for tick in ticks), "0", *(f"+{tick:g}" for tick in reversed(ticks))]
    spans = "".join(f"<span>{label}</span>" for label in labels)
    source = webp_source(_colours()[None, ::2].repeat(8, axis=0), exact=True)
    return Html(
        f'<div class="scale"><img alt="" src="{source}"><p class="ticks">{spans}</p>'
        f"<p>{unit}: {below} on the left, {above} on the right, white where there is no difference</p></div>"
    )
