"""What a probe is."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image


@dataclass(frozen=True)
class Probe:
    """One made picture.

    Attributes:
        name: says what is special about it.
        data: the image file.
    """

    name: str
    data: bytes


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """An image file in one of Pillow's formats, by Pillow's name of it."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
