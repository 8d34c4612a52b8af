"""Pictures in rows, each with its title: as many in a row as the page has room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy.stages import decode
from lib.inputs.photos import Photo
from lib.report.drawing import PICTURED
from lib.report.html import Html, content, named
from lib.report.image import image

# CSS pixels that a panel has at least: each but the first is a class of the stylesheet. Two of the first fit on a phone.
NARROWEST = (168, 224, 256, 320, 384, 512)


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
        below: HTML that stands under the picture; or empty.
    """

    picture: NDArray[np.uint8]
    title: str
    alt: str
    detail: str = ""
    marked: bool = False
    exact: bool = False
    below: str = ""


def gallery(panels: Sequence[Panel], caption: str, scale: Html | None = None, name: str = "") -> Html:
    """Pictures in rows. None is drawn smaller than one pixel of a sharp screen, two to a CSS pixel, for each of its own.

    Args:
        panels: one or more.
        caption: what they show together, in a sentence or two.
        scale: the scale of their colours, where they have one.
        name: the figure's id; empty for none.
    """
    return groups({"": panels}, caption, scale, name)


def groups(titled: Mapping[str, Sequence[Panel]], caption: str, scale: Html | None = None, name: str = "") -> Html:
    """Several groups of pictures in one figure, each beginning a row of its own under its title.

    Args:
        titled: the panels of each group, one or more, by the group's title; an empty title is left out.
        caption: as :func:`gallery` takes it.
        scale: as there.
        name: as there.
    """
    shown = "".join(_group(title, panels) for title, panels in titled.items())
    return Html(
        f'<figure class="gallery"{named(name)}>{shown}{scale or ""}<figcaption>{content(caption)}</figcaption></figure>'
    )


def _group(title: str, panels: Sequence[Panel]) -> str:
    widest = max(panel.picture.shape[1] for panel in panels)
    # a native pixel of an enlarged picture is many pixels wide: those need no room of their own
    narrowest = next((each for each in NARROWEST if each >= -(-widest // 2)), NARROWEST[-1])
    kind = f"panels from-{narrowest}" if narrowest > NARROWEST[0] else "panels"
    heading = f'<p class="group">{content(title)}</p>' if title else ""
    return f'{heading}<div class="{kind}">{"".join(map(_shown, panels))}</div>'


def _shown(panel: Panel) -> str:
    kind = "panel marked" if panel.marked else "panel"
    detail = f"<br>{content(panel.detail)}" if panel.detail else ""
    picture = image(panel.picture, panel.alt, panel.exact)
    return f'<div class="{kind}"><p>{content(panel.title)}{detail}</p>{picture}{panel.below}</div>'


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
