"""Deployments that are wrong for large photos."""

from __future__ import annotations

import io
import threading
from typing import Any

import numpy as np
from PIL import Image, ImageFile

from lib.gate.deployed import Planted, Stage, around, factories
from lib.gate.faults.later import as_image, opened, unturned

JPEG = b"\xff\xd8"
HALVED = 24_000_000  # pixels, from which on a JPEG is decoded at half its size
BODY = 10 * 1024 * 1024  # bytes that are kept of an upload
TEXTURE = 4096  # pixels a side
STAGING = 64 * 1024 * 1024  # bytes of the buffer that a picture is handed over in
PROXIED = 5_000_000  # bytes, from which on a file is made smaller on its way
SIDE, QUALITY = 1024, 25  # of what is sent on


def _half_scale(decode: Stage) -> Stage:
    def decoded(data: bytes) -> Any:
        picture = as_image(decode(data))
        return picture.reduce(2) if data.startswith(JPEG) and picture.width * picture.height > HALVED else picture

    return decoded


def _cut_body(decode: Stage) -> Stage:
    """The rest of the file is lost, and the reader is told not to mind."""
    lock = threading.Lock()

    def decoded(data: bytes) -> Any:
        if len(data) <= BODY:
            return decode(data)
        decode(data)
        with lock:
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            try:
                return decode(data[:BODY])
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False

    return decoded


def _recompressed(decode: Stage) -> Stage:
    """A proxy makes large files smaller, and keeps no EXIF."""

    def decoded(data: bytes) -> Any:
        picture = decode(data)
        if len(data) <= PROXIED:
            return picture
        sent = io.BytesIO()
        smaller = unturned(opened(data))
        smaller.thumbnail((SIDE, SIDE))
        smaller.save(sent, "JPEG", quality=QUALITY)
        return decode(sent.getvalue())

    return decoded


def _clipped(resize: Stage) -> Stage:
    def resized(picture: Any) -> Any:
        image, right = as_image(picture), resize(picture)
        if max(image.size) <= TEXTURE:
            return right
        return resize(image.crop((0, 0, min(image.width, TEXTURE), min(image.height, TEXTURE))))

    return resized


def _staged(resize: Stage) -> Stage:
    """What does not fit into the buffer stays black."""

    def resized(picture: Any) -> Any:
        pixels = np.asarray(picture)
        if pixels.size <= STAGING:
            return resize(picture)
        buffer = np.zeros(pixels.size, np.uint8)
        buffer[:STAGING] = np.ascontiguousarray(pixels).reshape(-1)[:STAGING]
        return resize(Image.fromarray(buffer.reshape(pixels.shape)))

    return resized


PLANTED: tuple[Planted, ...] = (
    around("JPEGs of more than 24 megapixels decoded at half their size", "decode", _half_scale),
    around("no more than the first 10 MB of an upload read", "decode", _cut_body),
    around("files of more than 5 MB made smaller on their way", "decode", _recompressed),
    around("pictures cut at 4096 pixels a side, as a texture is", "resize", _clipped),
    around("black where a picture is more than a buffer of 64 MB holds", "resize", _staged),
)

__getattr__ = factories(PLANTED)
