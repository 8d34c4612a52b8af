"""Colours of signed errors: white where there is none, blue where a picture is too dark, orange where it is too bright.

Strength goes with the square root of the error, so that one level can be seen beside many. Both colours darken alike as the
error grows: in grey print, and to colour-blind readers, its size is still told. What is not shown is hatched. Thin grey lines
along the photo's edges say where on the photo one is.
"""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import NDArray
from skimage.feature import canny

from lib.report.drawing import BLUE, VERMILION
from lib.report.html import Html
from lib.report.image import webp_source

STEPS = 16  # of colour on either side of white; with more, files grow and nobody sees it
TICKS = 4  # on either side of the scale's middle
REACHES = (4, 16, 64)  # levels at which colours may end
HATCHED = (196, 202, 208)  # over white, where there is nothing to compare
LINE = (214, 218, 222)  # of the photo's edges
_STRIPE = 8  # pixels from one stripe to the next


@functools.cache
def _colours() -> NDArray[np.uint8]:
    """From the darkest blue over white to the darkest orange: uint8 (2 * STEPS + 1, 3)."""
    ends = ["#00243d", BLUE, "#ffffff", VERMILION, "#4a1d00"]
    table = LinearSegmentedColormap.from_list("signed", ends, N=2 * STEPS + 1)(np.arange(2 * STEPS + 1))
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
    picture = _colours()[np.rint((strength + 1) * STEPS).astype(int)]
    rows, columns = np.nonzero(np.isnan(error))
    striped = (rows + columns) % _STRIPE < 2
    picture[rows, columns] = 255
    picture[rows[striped], columns[striped]] = HATCHED
    return picture


def outlines(photo: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Where a photo's edges run: the stronger ones, one pixel wide.

    Args:
        photo: (h, w, 3) in levels; NaN where nothing is shown.

    Returns:
        bool (h, w).
    """
    grey = photo.mean(axis=2)
    known = ~np.isnan(grey)
    lines: NDArray[np.bool_] = canny(np.nan_to_num(grey), 1.6, 0.8, 0.92, mask=known, use_quantiles=True)
    return lines


def outlined(picture: NDArray[np.uint8], lines: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A map with the photo's edges in it. They lie under its colours: an error is never hidden by one.

    Args:
        picture: as :func:`signed` gives it.
        lines: as :func:`outlines` gives them, of the same height and width.
    """
    drawn = picture.copy()
    drawn[lines] = np.minimum(drawn[lines], np.array(LINE, np.uint8))
    return drawn


def reach(largest: float) -> int:
    """The levels at which the colours of a scale should end, for an error of at most ``largest`` levels."""
    return next((each for each in REACHES if largest <= each), REACHES[-1])


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
    source = webp_source(_colours()[None].repeat(8, axis=0), exact=True)
    return Html(
        f'<div class="scale"><img alt="From dark blue over white to dark orange" src="{source}"><p class="ticks">{spans}</p>'
        f"<p>{unit}: {below} on the left, {above} on the right, white where there is no difference; beyond ±{reach:g} "
        "the colour stays</p></div>"
    )
