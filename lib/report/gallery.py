"""Pictures in rows, each with a title."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lib.deploy.stages import decode
from lib.inputs.photos import Photo
from lib.report.drawing import PICTURED, VERMILION, show, styled
from lib.report.drawing import figure as blank
from lib.report.html import Html


@dataclass(frozen=True)
class Panel:
    """One picture of a gallery.

    Attributes:
        picture: uint8 (h, w, 3).
        title: above it.
        marked: whether the title stands out, as where another class wins.
    """

    picture: NDArray[np.uint8]
    title: str
    marked: bool = False


@styled
def gallery(panels: Sequence[Panel], columns: int, alt: str, caption: str, row: float = 1.75, size: float = 7.5) -> Html:
    """Pictures in rows.

    Args:
        panels: one or more.
        columns: how many stand in a row.
        alt: what the gallery finds, in a sentence.
        caption: the sentence under it.
        row: height of a row in inches.
        size: of the titles, in points.
    """
    drawn = blank(row * -(-len(panels) // columns))
    for axes, panel in grid(drawn, columns, panels):
        axes.imshow(panel.picture)
        axes.set_title(panel.title, fontsize=size, fontweight="normal", color=VERMILION if panel.marked else "black")
    return show(drawn, alt, caption, photographic=True)


def grid(drawn: Figure, columns: int, things: Sequence[Any]) -> Iterator[tuple[Axes, Any]]:
    """Axes without frames for things in rows, one each; what is left of the last row stays blank."""
    panels = drawn.subplots(-(-len(things) // columns), columns, squeeze=False).ravel()
    for axes in panels:
        axes.axis("off")
    yield from zip(panels, things, strict=False)


def photos(every: Sequence[Photo]) -> Html:
    """Thumbnails of the first photos with their names and sizes."""
    shown = every[:PICTURED]
    panels = [Panel(_thumbnail(p), f"{p.name}\n{p.size[0]}×{p.size[1]}, {p.kind}") for p in shown]
    names = ", ".join(f"{photo.name} ({photo.size[0]} by {photo.size[1]} pixels)" for photo in shown)
    rest = f" The first {len(shown)} of {len(every)} are shown." if len(every) > len(shown) else ""
    alt = f"Thumbnails of the photos in this run: {names}."
    return gallery(panels, min(3, len(shown)), alt, f"The photos of this run.{rest}", row=1.9, size=8.5)


def _thumbnail(photo: Photo) -> NDArray[Any]:
    image = decode(photo.data)
    image.thumbnail((240, 240))
    return np.asarray(image)
