"""Deployments that go another way with large photos or large files, to save time or memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageOps

from lib.deploy.stages import Resize, preprocessing
from lib.gate.deployed import Planted, factories, stage
from lib.gate.faults.realistic.sniff import as_image, of_bytes, opened

MEGABYTE = 1 << 20
STRIP = 1024  # rows that are held in memory at once
PHONE, PADDED = 4032, 4096  # pixels across of a phone's photo, and of the rows that a hardware decoder writes


def _above(name: str, megapixels: int, wrong: Callable[[Image.Image, Resize], Any]) -> Planted:
    """A fault of resizing on pictures above some megapixels, made from them and the right stage."""

    def resizer(right: Resize) -> Callable[[Any], Any]:
        def resize(picture: Any) -> Any:
            image = as_image(picture)
            return wrong(image, right) if image.width * image.height > megapixels * 1_000_000 else right(image)

        return resize

    return stage(name, "resize", lambda contract: resizer(preprocessing(contract)[0]))


def _area(image: Image.Image, right: Resize) -> Image.Image:
    """OpenCV's filter for making pictures smaller."""
    small = cv2.resize(np.asarray(image), right.target(*image.size), interpolation=cv2.INTER_AREA)
    return _cut(Image.fromarray(small), right)


def _cut(image: Image.Image, right: Resize) -> Image.Image:
    if right.crop is None:
        return image
    left, top = (image.width - right.crop) // 2, (image.height - right.crop) // 2
    return image.crop((left, top, left + right.crop, top + right.crop))


def _rounded(image: Image.Image, right: Resize) -> Image.Image:
    """The longer side goes to the whole number above, worked out from the scale, in single precision."""
    width, height = right.target(*image.size)
    if right.rule != "squash":
        scale = np.float32(right.size) / np.float32(min(image.size))
        longer = int(np.ceil(scale * np.float32(max(image.size))))
        width, height = (right.size, longer) if image.width <= image.height else (longer, right.size)
    return _cut(image.resize((width, height), Image.Resampling[right.filter.upper()]), right)


def _thumbnail(image: Image.Image, right: Resize) -> Image.Image:
    small = image.copy()
    small.thumbnail((2 * right.size, 2 * right.size), Image.Resampling.NEAREST)
    return right(small)


def _in_strips(image: Image.Image, right: Resize) -> Image.Image:
    """Strip by strip, each to a whole number of rows; what is missing at the bottom stays black."""
    width, height = right.target(*image.size)
    whole = Image.new("RGB", (width, height))
    row = 0
    for top in range(0, image.height, STRIP):
        strip = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        rows = max(1, strip.height * height // image.height)
        whole.paste(strip.resize((width, rows), Image.Resampling[right.filter.upper()]), (0, row))
        row += rows
    return _cut(whole, right)


def _large_jpeg(data: bytes) -> bool:
    image = opened(data)
    return image.format == "JPEG" and image.width * image.height > 8_000_000


def _draft(data: bytes, _: Image.Image) -> Image.Image:
    """As small as libjpeg makes it in passing, but no side below 1,000 pixels."""
    image = opened(data)
    image.draft("RGB", (1000, 1000))
    return ImageOps.exif_transpose(image).convert("RGB")


def _beginning(data: bytes, right: Image.Image) -> Any:
    """Rows whose bytes did not arrive are grey."""
    pixels = np.array(right)
    pixels[int(len(pixels) * MEGABYTE / len(data)) :] = 128
    return pixels


def _saved_again(_: bytes, right: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    right.save(buffer, "JPEG", quality=20)
    return Image.open(buffer).convert("RGB")


def _phone(data: bytes) -> bool:
    return opened(data).width == PHONE


def _slanted(_: bytes, right: Image.Image) -> Any:
    """Rows that end in padding are read as if they did not, so that each begins further right."""
    pixels = np.asarray(right)
    height, width = pixels.shape[:2]
    rows = np.pad(pixels, ((0, 0), (0, PADDED - PHONE), (0, 0)))
    return rows.ravel()[: height * width * 3].reshape(height, width, 3)


PLANTED: tuple[Planted, ...] = (
    _above("OpenCV's area filter above eight megapixels", 8, _area),
    _above("the longer side rounded up above five megapixels", 5, _rounded),
    _above("photos above five megapixels made a thumbnail by nearest neighbours first", 5, _thumbnail),
    _above("photos above twelve megapixels resized in strips", 12, _in_strips),
    of_bytes("draft mode for JPEG above eight megapixels", _large_jpeg, _draft),
    of_bytes("the first megabyte of a file alone read", lambda data: len(data) > MEGABYTE, _beginning),
    of_bytes("files above two megabytes saved again as JPEG", lambda data: len(data) > 2 * MEGABYTE, _saved_again),
    of_bytes("rows of photos 4,032 pixels across read without their padding", _phone, _slanted),
)

__getattr__ = factories(PLANTED)
