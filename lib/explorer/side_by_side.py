"""What two pipelines feed the network, side by side on the photo, with the difference beside them."""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.compare.view import densest

CHANNELS = {"all": slice(None), "red": slice(0, 1), "green": slice(1, 2), "blue": slice(2, 3)}
ZOOMS = (1, 2, 4, 8, 16)
SCALES = (4, 8, 16, 32, 64, 128)  # levels

_PANEL = 320  # pixels along the longer side
_GAP = 8
_PAPER = 255  # of the ground, and of what the network is not shown


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


def picture(left: NDArray[np.float64], right: NDArray[np.float64], look: Look) -> Image.Image:
    """Left, right, and right minus left: blue is too dark, yellow too light, no colour the same.

    Args:
        left: (rows, columns, 3) in levels 0..255, NaN where the network is shown nothing.
        right: the same of the other pipeline.
        look: how to look.
    """
    chosen = CHANNELS[look.channel]
    left, right = left[:, :, chosen], right[:, :, chosen]
    difference = (right - left).mean(axis=2)
    rows, columns = most_different(np.nan_to_num(np.abs(difference)), look.zoom)
    faint = np.nan_to_num(_PAPER - 0.4 * (_PAPER - left.mean(axis=2)), nan=_PAPER)
    panels = [_rgb(left), _rgb(right), _overlaid(difference, faint, look.scale)]
    cut = [_enlarged(panel[rows, columns]) for panel in panels]
    width, height = cut[0].size
    sheet = Image.new("RGB", (3 * width + 2 * _GAP, height), (_PAPER, _PAPER, _PAPER))
    for i, panel in enumerate(cut):
        sheet.paste(panel, (i * (width + _GAP), 0))
    return sheet


def most_different(difference: NDArray[np.float64], zoom: int) -> tuple[slice, slice]:
    """Rows and columns of the window of 1/``zoom`` of the sides over which ``difference``, (rows, columns), sums highest."""
    return densest(difference, *(max(1, side // zoom) for side in difference.shape))


def _rgb(levels: NDArray[np.float64]) -> NDArray[np.uint8]:
    filled = np.nan_to_num(levels, nan=_PAPER).clip(0, 255).round().astype(np.uint8)
    return filled if filled.shape[2] == 3 else filled.repeat(3, axis=2)


def _overlaid(difference: NDArray[np.float64], faint: NDArray[np.float64], scale: int) -> NDArray[np.uint8]:
    colours = matplotlib.colormaps["cividis"](np.nan_to_num(difference) / scale / 2 + 0.5)[:, :, :3] * 255
    opacity = np.sqrt(np.clip(np.abs(np.nan_to_num(difference)) / scale, 0, 1))[:, :, None]
    return (faint[:, :, None] * (1 - opacity) + colours * opacity).astype(np.uint8)


def _enlarged(pixels: NDArray[np.uint8]) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(pixels))
    factor = _PANEL / max(image.size)
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    return image.resize(size, Image.Resampling.NEAREST if factor > 1 else Image.Resampling.BOX)
