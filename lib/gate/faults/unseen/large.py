"""Deployments that are right on small photos and wrong on large ones."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from PIL import Image, ImageFile

from lib.deploy import Model, Pipeline
from lib.deploy.stages import preprocessing
from lib.gate.deployed import Planted, Stage, around, before, factories
from lib.gate.faults.unseen.looks import instead, lying, opened, orientation, turned

_LONG = 4096  # pixels, from where a JPEG is read at half its size
_BODY = 8 << 20  # bytes that the gateway's buffer takes
_COMPRESSED = 5_000_000  # bytes, from where the app makes the photo smaller before it is sent
_MANY = 50_000_000  # pixels, for which the worker has no memory
_STRIPS, _ROWS = 20_000_000, 512  # pixels from where a photo is read in strips, and rows of each
_TEXTURE = 8192  # pixels a side of a texture
_SLOW = 12_000_000  # pixels that are too slow to filter
_IN_16_BITS = 0xFFFF

_reading = threading.Lock()


def _drafted(data: bytes, picture: Image.Image) -> Any:
    image = opened(data)
    if image.format not in ("JPEG", "MPO") or max(picture.size) <= _LONG:
        return None
    said = orientation(image)
    image.draft("RGB", (image.width // 2, image.height // 2))
    return turned(image.convert("RGB"), said)


def _cut_off(right: Stage) -> Stage:
    """What comes after the first bytes is lost, and the reader takes what there is."""

    def decoded(data: bytes) -> Any:
        with _reading:  # of the switch, which is Pillow's and for all threads
            picture = right(data)
            if len(data) <= _BODY:
                return picture
            was, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, True
            try:
                return right(data[:_BODY])
            except Exception:  # of this format a part cannot be read
                return picture
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = was

    return decoded


def _without_exif(data: bytes, _: Image.Image) -> Any:
    if len(data) <= _COMPRESSED or orientation(opened(data)) == 1:
        return None
    return lying(data)


def _fitted(_: bytes, picture: Image.Image) -> Any:
    if picture.width * picture.height <= _MANY:
        return None
    small = picture.copy()
    small.thumbnail((4096, 4096))
    return small


def _last_strip_missing(_: bytes, picture: Image.Image) -> Any:
    if picture.width * picture.height <= _STRIPS:
        return None
    pixels = np.array(picture)
    pixels[picture.height // _ROWS * _ROWS :] = 0
    return pixels


def _short_stride(_: bytes, picture: Image.Image) -> Any:
    """The length of a row, of four bytes a pixel, kept in 16 bits."""
    stride = 4 * picture.width
    if stride <= _IN_16_BITS:
        return None
    memory = np.frombuffer(picture.tobytes("raw", "RGBX"), np.uint8)
    shape = (picture.height, picture.width, 4)
    return as_strided(memory, shape, (stride & _IN_16_BITS, 4, 1))[..., :3].copy()


def _of_one_texture(picture: Any) -> Any:
    pixels = np.asarray(picture)
    return picture if max(pixels.shape[:2]) <= _TEXTURE else np.ascontiguousarray(pixels[:_TEXTURE, :_TEXTURE])


def _nearest(ours: Pipeline, model: Model) -> Pipeline:
    other = "box" if model.contract.filter == "nearest" else "nearest"
    quick: Callable[[Any], Any] = preprocessing(replace(model.contract, filter=other))[0]

    def resize(picture: Any) -> Any:
        height, width = np.asarray(picture).shape[:2]
        return quick(picture) if width * height > _SLOW else ours.resize(picture)

    return replace(ours, resize=resize)


PLANTED: tuple[Planted, ...] = (
    instead("JPEGs longer than 4096 pixels read at half their size", _drafted),
    around("only the first 8 MiB of a file read", "decode", _cut_off),
    instead("EXIF lost of files over 5 MB, which an app compressed", _without_exif),
    instead("photos of over 50 megapixels made to fit 4096 pixels", _fitted),
    instead("the last strip missing of photos over 20 megapixels", _last_strip_missing),
    instead("the length of a row kept in 16 bits", _short_stride),
    before("sides cut to the 8192 pixels of a texture", "resize", _of_one_texture),
    Planted("another filter for photos of over 12 megapixels, to be quick", "resize", _nearest),
)

__getattr__ = factories(PLANTED)
