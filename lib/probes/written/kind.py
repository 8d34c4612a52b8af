"""What a format of the grammar is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

ORDINARY = ""  # the value of a choice that nobody would mention

Chosen = Mapping[str, str]  # what was chosen, by what it is a choice of


@dataclass(frozen=True)
class Kind:
    """One file format.

    Attributes:
        name: as people call it.
        choices: by what is chosen, its values; :data:`ORDINARY` for the one that nobody would mention.
        write: from a picture and one value of each choice to the file's bytes; None where these values do not go together.
    """

    name: str
    choices: dict[str, tuple[str, ...]]
    write: Callable[[Image.Image, Chosen], bytes | None]


def with_alpha(picture: Image.Image) -> Image.Image:
    """The picture, RGBA, clear at its left and opaque at its right."""
    clear = picture.convert("RGB")
    slope = np.linspace(0, 255, picture.width).astype(np.uint8)
    clear.putalpha(Image.fromarray(np.tile(slope, (picture.height, 1))))
    return clear


def thumbnail_of_another() -> Image.Image:
    """A small picture that is like no photo, as a thumbnail that was left behind by an edit."""
    image = Image.new("RGB", (64, 48), "magenta")
    ImageDraw.Draw(image).rectangle((8, 8, 40, 40), fill="lime")
    return image
