"""Two pictures and their difference at the place where they differ most, one square a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.compare.view import densest
from lib.numbers import number
from lib.report import heat
from lib.report.gallery import Panel, gallery
from lib.report.html import Html

SIDE = 28  # pixels along the sides of the window
ENLARGED = 12  # pixels of the page's picture for each of the window's
WHOLE = 336  # pixels along the longer side of the picture that says where the window lies, where the photo has as many
FRAME = ((5, (255, 255, 255)), (3, (0, 0, 0)))  # how far out it reaches in pixels, and its colours: seen on any ground


@dataclass(frozen=True)
class Side:
    """One of two pictures.

    Attributes:
        name: what made it.
        levels: (h, w, 3) in levels 0..255; NaN where nothing is shown.
        answer: what the network says of it, in a few words; or empty.
    """

    name: str
    levels: NDArray[np.floating]
    answer: str = ""


def apart(reference: NDArray[Any], candidate: NDArray[Any]) -> NDArray[np.float64]:
    """The signed difference, value by value, float64 of the shape of both; NaN where either is NaN, or both are infinite."""
    with np.errstate(invalid="ignore"):
        return candidate.astype(np.float64) - reference  # whole levels would run over below 0


def furthest(reference: NDArray[Any], candidate: NDArray[Any]) -> NDArray[np.float64]:
    """The signed difference of each pixel's furthest channel.

    Args:
        reference: (h, w, 3).
        candidate: (h, w, 3).

    Returns:
        float64 (h, w): above 0 where the candidate is brighter; NaN where either shows nothing.
    """
    error = apart(reference, candidate)
    places = np.abs(np.nan_to_num(error)).argmax(axis=2, keepdims=True)
    picked: NDArray[np.float64] = np.take_along_axis(error, places, axis=2)[:, :, 0]
    return picked


def largest(error: NDArray[np.floating]) -> float:
    """The size of the largest of errors; 0 where there is nothing to compare."""
    return float(np.nanmax(np.abs(error), initial=0.0))


def in_levels(value: float) -> str:
    """A number of levels, in words."""
    return f"{number(value)} level{'s' * (number(value) != '1')}"


def up_to(error: NDArray[np.floating]) -> str:
    """How large errors are, in words; NaN is no number, and not nothing."""
    if np.isnan(error).all():
        return "no number"
    return f"up to {in_levels(largest(error))}"


def worst_place(error: NDArray[np.floating]) -> tuple[slice, slice]:
    """Rows and columns of the window over which an error's size sums highest.

    Args:
        error: (h, w), NaN where there is nothing to compare.
    """
    return densest(np.clip(np.nan_to_num(np.abs(error)), 0, 1e6), SIDE, SIDE)


def zoom(photo: str, reference: Side, candidate: Side, reach: float, name: str = "") -> Html:
    """Where they differ most: both pictures, the difference, and where on the photo that is.

    Args:
        photo: its name.
        reference: the right picture.
        candidate: the other one, of the same shape.
        reach: levels at both ends of the scale of the difference.
        name: the figure's id; empty for none.
    """
    panels = panels_of(photo, reference, candidate, reach)
    answers = f"; {reference.name}: {reference.answer}; {candidate.name}: {candidate.answer}" if reference.answer else ""
    caption = (
        f"{photo} where {candidate.name} is furthest from {reference.name}: {place(reference, candidate)}, "
        f"one square a pixel{answers}."
    )
    return gallery(panels, caption, heat.scale(reach, "levels of the furthest channel"), name)


def place(reference: Side, candidate: Side) -> str:
    """Where the window lies, in words."""
    return _place(*worst_place(furthest(reference.levels, candidate.levels)))


def _place(rows: slice, columns: slice) -> str:
    size = f"{columns.stop - columns.start} by {rows.stop - rows.start} pixels"
    return f"{size} from column {columns.start} and row {rows.start}"


def panels_of(photo: str, reference: Side, candidate: Side, reach: float) -> list[Panel]:
    """The four pictures of :func:`zoom`, which explains what it takes."""
    error = furthest(reference.levels, candidate.levels)
    rows, columns = worst_place(error)
    window = _place(rows, columns)
    panels = [
        Panel(
            enlarged(levels_shown(side.levels[rows, columns])),
            side.name,
            f"{window} of {photo} as {side.name} shows them, one square a pixel",
            side.answer,
            exact=True,
        )
        for side in (reference, candidate)
    ]
    return [
        *panels,
        Panel(
            enlarged(heat.signed(error[rows, columns], reach)),
            "difference",
            f"{candidate.name} minus {reference.name} in the same window, the furthest channel of each pixel",
            up_to(error[rows, columns]),
            exact=True,
        ),
        Panel(
            _marked(levels_shown(reference.levels), rows, columns),
            "where it lies",
            f"The whole of {photo} with a frame around the window",
            f"column {columns.start}, row {rows.start}",
        ),
    ]


def whole(photo: str, side: Side) -> Panel:
    """One of two pictures, whole, with its size."""
    size = f"{side.levels.shape[1]} × {side.levels.shape[0]} pixels"
    return Panel(_reduced(levels_shown(side.levels)), side.name, f"The whole of {photo} as {side.name} shows it, {size}", size)


def levels_shown(levels: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Levels as a picture: rounded and cut to 0..255, white where nothing is shown."""
    picture: NDArray[np.uint8] = np.clip(np.rint(np.nan_to_num(levels, nan=255.0)), 0, 255).astype(np.uint8)
    return picture


def enlarged(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with :data:`ENLARGED` by as many pixels for each of its own."""
    return picture.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1)


def _marked(picture: NDArray[np.uint8], rows: slice, columns: slice) -> NDArray[np.uint8]:
    """The whole picture with a frame around a window."""
    marked = _reduced(picture)
    down, across = (small / large for small, large in zip(marked.shape[:2], picture.shape[:2], strict=True))
    top, bottom = round(rows.start * down), max(round(rows.stop * down), round(rows.start * down) + 1)
    left, right = round(columns.start * across), max(round(columns.stop * across), round(columns.start * across) + 1)
    inner = marked[top:bottom, left:right].copy()
    for outside, colour in FRAME:
        marked[max(0, top - outside) : bottom + outside, max(0, left - outside) : right + outside] = colour
    marked[top:bottom, left:right] = inner
    return marked


def _reduced(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    image = Image.fromarray(picture)
    image.thumbnail((WHOLE, WHOLE))
    return np.array(image)
