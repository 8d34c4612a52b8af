"""Pictures in rows, each with its title: as many in a row as the page has room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy.stages import decode
from lib.inputs.photos import Photo
from lib.report.drawing import PICTURED
from lib.report.html import Html
from lib.report.image import image
from lib.report.places import without_places

NARROWEST = 168  # CSS pixels of a panel: two of them fit beside each other on a phone


@dataclass(frozen=True)
class Panel:
    """One picture of a gallery.

    Attributes:
        picture: uint8 (h, w, 3).
        title: above it, in a few words.
        alt: what can be seen on it.
        detail: under the title, as a number; or empty.
        marked: whether title and detail stand out, as where another class wins.
        exact: whether each pixel is kept and drawn as a square, as in a map of errors.
    """

    picture: NDArray[np.uint8]
    title: str
    alt: str
    detail: str = ""
    marked: bool = False
    exact: bool = False


def gallery(panels: Sequence[Panel], caption: str, scale: Html | None = None) -> Html:
    """Pictures in rows. None is drawn smaller than one pixel of a sharp screen, two to a CSS pixel, for each of its own.

    Args:
        panels: one or more.
        caption: what they show together, in a sentence or two.
        scale: the scale of their colours, where they have one.
    """
    widest = max(panel.picture.shape[1] for panel in panels)
    # a native pixel of an enlarged picture is many pixels wide: those need no room of their own
    narrowest = max(NARROWEST, -(-widest // 2))
    shown = "".join(map(_shown, panels))
    return Html(
        f'<figure class="gallery"><div class="panels" style="--narrowest: {narrowest}px">{shown}</div>{scale or ""}'
        f"<figcaption>{_text(caption)}</figcaption></figure>"
    )


def _shown(panel: Panel) -> str:
    kind = "panel marked" if panel.marked else "panel"
    detail = f"<br>{_text(panel.detail)}" if panel.detail else ""
    return f'<div class="{kind}"><p>{_text(panel.title)}{detail}</p>{image(panel.picture, panel.alt, panel.exact)}</div>'


def _text(text: str) -> str:
    return text if isinstance(text, Html) else escape(without_places(text))


def photos(every: Sequence[Photo]) -> Html:
    """Thumbnails of the first photos with their names and sizes."""
    shown = every[:PICTURED]
    panels = [Panel(_thumbnail(p), p.name, f"The photo {p.name}", f"{p.size[0]} × {p.size[1]} pixels, {p.kind}") for p in shown]
    rest = f" The first {len(shown)} of {len(every)} are shown." if len(every) > len(shown) else ""
    return gallery(panels, f"The photos of this run.{rest}")


def _thumbnail(photo: Photo) -> NDArray[Any]:
    picture = decode(photo.data)
    picture.thumbnail((336, 336))
    return np.asarray(picture)
