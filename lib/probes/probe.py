"""What a probe is."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


@dataclass(frozen=True)
class Probe:
    """One made picture.

    Attributes:
        name: says what is special about it.
        data: the image file.
        levels: the picture that the file was made of, uint8 (H, W, 3), if the file has no right answer but shows one.
        traits: what is special about the file by the way it was made, beside the properties that are found out from it.
    """

    name: str
    data: bytes
    levels: NDArray[np.uint8] | None = None
    traits: tuple[str, ...] = ()


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """An image file in one of Pillow's formats, by Pillow's name of it."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
