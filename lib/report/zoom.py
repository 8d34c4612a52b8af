"""Two pictures and their difference at the place where they differ most, one square a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.compare.view import densest
from lib.numbers import number
from lib.report import heat
from lib.report.gallery import Panel, gallery
from lib.report.html import Html

SIDE = 28  # pixels along the sides of the window
ENLARGED = 12  # pixels of the page's picture for each of the window's
MARK = (213, 94, 0)


@dataclass(frozen=True)
class Side:
    """One of two pictures.

    Attributes:
        name: what made it.
        levels: (h, w, 3) in levels 0..255; NaN where nothing is shown. Both pictures of a zoom have one shape.
        answer: what the network says of it, in a few words.
    """

    name: str
    levels: NDArray[np.floating]
    answer: str


def furthest(reference: NDArray[np.floating], candidate: NDArray[np.floating]) -> NDArray[np.float64]:
    """The signed difference of each pixel's furthest channel.

    Args:
        reference: (h, w, 3).
        candidate: (h, w, 3).

    Returns:
        float64 (h, w): above 0 where the candidate is brighter; NaN where either shows nothing.
    """
    error = candidate.astype(np.float64) - reference
    places = np.abs(np.nan_to_num(error)).argmax(axis=2, keepdims=True)
    picked: NDArray[np.float64] = np.take_along_axis(error, places, axis=2)[:, :, 0]
    return picked


def zoom(photo: str, reference: Side, candidate: Side, reach: float) -> Html:
    """Where they differ most: both pictures, the difference, and where on the photo that is.

    Args:
        photo: its name.
        reference: the right picture.
        candidate: the other one.
        reach: levels at both ends of the scale of the difference.
    """
    error = furthest(reference.levels, candidate.levels)
    rows, columns = densest(np.abs(np.nan_to_num(error)), SIDE, SIDE)
    place = f"from column {columns.start} and row {rows.start}"
    largest = number(round(float(np.nanmax(np.abs(error[rows, columns]), initial=0.0))))
    window = f"{columns.stop - columns.start} by {rows.stop - rows.start} pixels {place}"
    panels = [
        Panel(
            _enlarged(_shown(side.levels[rows, columns])),
            side.name,
            f"{window} of {photo} as {side.name} shows them, one square a pixel",
            side.answer,
            exact=True,
        )
        for side in (reference, candidate)
    ]
    panels.append(
        Panel(
            _enlarged(heat.signed(error[rows, columns], reach)),
            "difference",
            f"{candidate.name} minus {reference.name} in the same window, the furthest channel of each pixel",
            f"up to {largest} levels",
            exact=True,
        )
    )
    panels.append(
        Panel(
            _marked(_shown(reference.levels), rows, columns),
            "where it lies",
            f"The whole of {photo} with a frame around the window",
            f"pixels {columns.start} to {columns.stop - 1}, rows {rows.start} to {rows.stop - 1}",
        )
    )
    caption = (
        f"{photo} where {candidate.name} is furthest from {reference.name}: {window}, one square a pixel. "
        f"{reference.name}: {reference.answer}. {candidate.name}: {candidate.answer}."
    )
    return gallery(panels, caption, heat.scale(reach, "levels of the furthest channel"))


def _shown(levels: NDArray[np.floating]) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = np.clip(np.rint(np.nan_to_num(levels, nan=255.0)), 0, 255).astype(np.uint8)
    return picture


def _enlarged(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return picture.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1)


def _marked(picture: NDArray[np.uint8], rows: slice, columns: slice) -> NDArray[np.uint8]:
    """The picture with a frame around a window: vermilion within white, so that it shows on any ground."""
    marked = picture.copy()
    for outside, colour in ((3, (255, 255, 255)), (2, MARK)):
        top, left = max(0, rows.start - outside), max(0, columns.start - outside)
        bottom, right = rows.stop + outside, columns.stop + outside
        inner = marked[rows, columns].copy()
        marked[top:bottom, left:right] = colour
        marked[rows, columns] = inner
    return marked
