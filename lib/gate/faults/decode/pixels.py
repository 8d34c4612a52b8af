"""Pixels changed, of whatever file they come."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from lib.gate.deployed import Planted
from lib.gate.faults.decode.reading import always, of_pictures


def _levels(name: str, change: Callable[[NDArray[Any]], NDArray[Any]], *words: str) -> Planted:
    """A change to the levels, given as float64 (H, W, 3)."""
    return of_pictures(name, always, lambda image: change(np.asarray(image).astype(np.float64)).astype(np.uint8), *words)


def _saved_again(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95)
    return Image.open(buffer)


def five_six_five(levels: NDArray[Any]) -> NDArray[Any]:
    """16 bits a pixel, as displays and some cameras keep them."""
    lost = np.array([8, 4, 8])
    return levels // lost * lost


def _thumbnail(image: Image.Image) -> Image.Image:
    small = image.copy()
    small.thumbnail((2000, 2000))
    return small


def _without_last_row(image: Image.Image) -> Image.Image:
    return image.crop((0, 0, image.width, image.height - 1))


def _sheared(image: Image.Image) -> Any:
    """Rows that are padded to four bytes, read as if they were not."""
    pixels = np.asarray(image)
    padded = np.pad(pixels.reshape(image.height, -1), ((0, 0), (0, -image.width * 3 % 4)))
    return padded.ravel()[: pixels.size].reshape(pixels.shape)


PLANTED = (
    _levels("red and blue exchanged", lambda levels: levels[:, :, ::-1]),
    _levels("colours kept in 16 bits, 5-6-5", five_six_five),
    _levels("levels squeezed into 16 to 235", lambda levels: np.rint(16 + levels * 219 / 255)),
    _levels("one level brighter", lambda levels: np.minimum(levels + 1, 255)),
    _levels("the lowest bit lost", lambda levels: levels // 2 * 2),
    _levels("levels below 16 made black", lambda levels: np.where(levels < 16, 0, levels)),
    _levels("levels above 250 made white", lambda levels: np.where(levels > 250, 255, levels)),
    _levels("brightened by a gamma of 1.1", lambda levels: np.rint(255 * (levels / 255) ** (1 / 1.1))),
    of_pictures("grey in place of colours", always, lambda image: image.convert("L").convert("RGB")),
    of_pictures("saved as JPEG on the way", always, _saved_again),
    of_pictures("256 colours", always, lambda image: image.quantize(256).convert("RGB")),
    of_pictures("noise taken out by a median", always, lambda image: image.filter(ImageFilter.MedianFilter(3))),
    of_pictures("mirrored", always, ImageOps.mirror),
    of_pictures(
        "a thumbnail in place of a photo above 2,000 pixels",
        lambda image: max(image.size) > 2000,
        _thumbnail,
        "a side above 2,000 pixels",
    ),
    of_pictures(
        "the last row lost where the height is odd",
        lambda image: image.height % 2 == 1 and image.height > 1,
        _without_last_row,
        "odd width, odd height",
        "even width, odd height",
    ),
    of_pictures("rows sheared where the width is odd", lambda image: image.width % 2 == 1, _sheared, "odd width"),
)
