"""What two pipelines feed the network, side by side on the photo, with the difference and the place of what is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lib.compare.view import densest
from lib.report import heat
from lib.report.zoom import furthest

CHANNELS = {"all": slice(None), "red": slice(0, 1), "green": slice(1, 2), "blue": slice(2, 3)}
ZOOMS = (1, 2, 4, 8, 16)
SCALES = (4, 8, 16, 32, 64, 128)  # levels

_LONGEST = 400  # pixels: two enlarged pictures fit beside each other in JupyterLab


@dataclass(frozen=True)
class Look:
    """How to look.

    Attributes:
        zoom: 1 shows the whole photo; n a part of 1/n of its sides, where the two differ most.
        channel: a key of :data:`CHANNELS`.
        scale: levels at both ends of the difference's colours.
    """

    zoom: int = 1
    channel: str = "all"
    scale: int = 16


@dataclass(frozen=True)
class Sight:
    """What there is to see: uint8 (h, w, 3) each, one square of whole pixels for each pixel; hatched where nothing is shown.

    Attributes:
        left: of one pipeline.
        right: of the other.
        difference: right minus left, in the colours of :func:`lib.report.heat.signed`.
        rows: of the photo in the contract's size, that are shown.
        columns: likewise.
        largest: levels by which the two differ at most in what is shown, in the furthest of the chosen channels; NaN where
            there is nothing that both show.
        hatched: whether there is something that one of them does not show.
    """

    left: NDArray[np.uint8]
    right: NDArray[np.uint8]
    difference: NDArray[np.uint8]
    rows: slice
    columns: slice
    largest: float
    hatched: bool


def seen(left: NDArray[np.float64], right: NDArray[np.float64], look: Look) -> Sight:
    """Both pictures and their difference, where they differ most.

    Args:
        left: (rows, columns, 3) in levels 0..255, NaN where the network is shown nothing.
        right: the same of the other pipeline.
        look: how to look.
    """
    chosen = CHANNELS[look.channel]
    left, right = left[:, :, chosen], right[:, :, chosen]
    error = furthest(left, right)
    rows, columns = most_different(np.nan_to_num(np.abs(error)), look.zoom)
    left, right, error = left[rows, columns], right[rows, columns], error[rows, columns]
    known = np.abs(error[~np.isnan(error)])
    times = max(1, _LONGEST // max(error.shape))
    return Sight(
        _enlarged(_picture(left), np.isnan(left[:, :, 0]), times),
        _enlarged(_picture(right), np.isnan(right[:, :, 0]), times),
        _enlarged(heat.signed(error, look.scale), np.isnan(error), times),
        rows,
        columns,
        float(known.max()) if known.size else float("nan"),
        known.size < error.size,
    )


def most_different(difference: NDArray[np.float64], zoom: int) -> tuple[slice, slice]:
    """Rows and columns of the window of 1/``zoom`` of the sides over which ``difference``, (rows, columns), sums highest."""
    return densest(difference, *(max(1, side // zoom) for side in difference.shape))


def framed(photo: Image.Image, rows: slice, columns: slice, height: int, width: int) -> NDArray[np.uint8]:
    """A small picture of the whole photo with a frame around a part of it.

    Args:
        photo: any size, RGB.
        rows: of the part, on a grid over the photo.
        columns: likewise.
        height: of the grid.
        width: of the grid.
    """
    copy = photo.copy()
    across, down = copy.width / width, copy.height / height
    left, top = int(columns.start * across), int(rows.start * down)
    right, bottom = max(left + 2, round(columns.stop * across)) - 1, max(top + 2, round(rows.stop * down)) - 1
    draw = ImageDraw.Draw(copy)
    for inwards, colour in ((-1, "white"), (0, "black"), (1, "white")):
        if right - left > 2 * inwards and bottom - top > 2 * inwards:
            draw.rectangle((left + inwards, top + inwards, right - inwards, bottom - inwards), outline=colour)
    return np.asarray(copy)


def _picture(levels: NDArray[np.float64]) -> NDArray[np.uint8]:
    picture = np.rint(np.nan_to_num(levels).clip(0, 255)).astype(np.uint8)
    return picture if picture.shape[2] == 3 else picture.repeat(3, axis=2)


def _enlarged(picture: NDArray[np.uint8], nothing: NDArray[np.bool_], times: int) -> NDArray[np.uint8]:
    """Each pixel as a square; those of ``nothing`` hatched, with stripes that are as wide at every zoom."""
    large = picture.repeat(times, axis=0).repeat(times, axis=1)
    if nothing.any():
        hatched = nothing.repeat(times, axis=0).repeat(times, axis=1)
        large[hatched] = heat.signed(np.full(hatched.shape, np.nan), 1)[hatched]
    return large
