"""Deployments that are right on small everyday photos asked one by one, and wrong as services have been."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.deploy.stages import FORMATS

ORIENTATION = 0x0112


def opened(data: bytes) -> Image.Image:
    """The picture of a file that can be read, loaded, as it lies in the file."""
    image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
    image.load()
    return image


def unturned(image: Image.Image) -> Image.Image:
    """An opened picture in RGB, and not turned as its EXIF says."""
    if "transparency" in image.info:
        image = image.convert("RGBA")
    return image.convert("RGB")


def as_image(picture: Any) -> Image.Image:
    """A picture as Pillow has it, whichever way it was handed over."""
    return picture if isinstance(picture, Image.Image) else Image.fromarray(np.asarray(picture))


def levels(values: NDArray[Any]) -> Image.Image:
    """A picture of these values, rounded and cut to levels."""
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
