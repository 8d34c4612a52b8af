"""What the faulty stages share: what a file says of itself, and a picture that is swapped for the right one."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from lib.deploy.stages import FORMATS
from lib.gate.deployed import Planted, Stage, around

Array = NDArray[Any]
Wrong = Callable[[bytes, Image.Image], Any]

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def instead(name: str, wrong: Wrong) -> Planted:
    """A decode that gives another picture for some files.

    Args:
        name: what is done.
        wrong: from the file and the right picture to another one, or to None where the right one is given.
    """

    def change(right: Stage) -> Stage:
        def decoded(data: bytes) -> Any:
            picture = right(data)
            other = wrong(data, picture)
            return picture if other is None else other

        return decoded

    return around(name, "decode", change)


def behaves(name: str, stage: str, change: Callable[[Stage], Stage]) -> Planted:
    """A deployment with one stage made from the right one, whose answers depend on more than what it is given."""
    return Planted(name, "behaviour", around(name, stage, change).change)


def opened(data: bytes) -> Image.Image:
    """The file as Pillow opens it, not yet loaded."""
    return Image.open(io.BytesIO(data), formats=FORMATS)


def orientation(image: Image.Image) -> int:
    """How EXIF says that the picture lies, 1..8."""
    try:
        said = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # on damaged EXIF Pillow raises nearly anything
        return 1
    return said if said in _TURNS else 1


def turned(picture: Image.Image, said: int) -> Image.Image:
    """The picture upright, from what EXIF says of it."""
    return picture.transpose(_TURNS[said]) if said in _TURNS else picture


def lying(data: bytes) -> Image.Image:
    """The picture in RGB, as it lies in the file."""
    image = opened(data)
    image.load()
    if "transparency" in image.info:
        image = image.convert("RGBA")
    return image.convert("RGB")


def segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers of a JPEG file, each with what it holds, up to the first scan."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        if data[at + 1] == 0xFF:  # a filling byte
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        yield data[at + 1], data[at + 4 : at + 2 + length]
        at += 2 + length


def picture_of(pixels: Array) -> Image.Image:
    """A picture of any numbers, cut to levels."""
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))
