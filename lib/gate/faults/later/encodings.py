"""Deployments that are wrong for rare encodings, and for what files say about themselves."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from lib.gate.deployed import Planted, Stage, around, factories
from lib.gate.faults.later import ORIENTATION, as_image, levels, opened, unturned

SCREEN_GAMMA = 2.2
USUAL_GAMMA = 45_455  # in a PNG: 1 / 2.2 in parts of 100,000
PHOTOMETRIC = 262  # tag of TIFF
PNM = re.compile(rb"P[2356](?:\s+|#[^\n]*\n)+\d+(?:\s+|#[^\n]*\n)+\d+(?:\s+|#[^\n]*\n)+(\d+)\s")


def _otherwise(name: str, change: Callable[[bytes, Image.Image], Any]) -> Planted:
    """A decode after which a picture that could be read is changed, knowing its file."""

    def changed(decode: Stage) -> Stage:
        return lambda data: change(data, as_image(decode(data)))

    return around(name, "decode", changed)


def _rgb_jpeg(data: bytes, picture: Image.Image) -> Image.Image:
    """A JPEG whose channels are red, green and blue is converted as if they were YCbCr."""
    if not data.startswith(b"\xff\xd8"):
        return picture
    image: Any = Image.open(io.BytesIO(data), formats=("JPEG",))
    if len(image.layer) != 3 or "jfif" in image.info:
        return picture
    adobe = image.info.get("adobe_transform")
    if adobe != 0 and (adobe is not None or bytes(each[0] for each in image.layer) != b"RGB"):
        return picture
    return Image.merge("YCbCr", picture.split()).convert("RGB")


def _big_endian_exif(data: bytes, picture: Image.Image) -> Image.Image:
    """The orientation is looked for in EXIF of the one byte order alone."""
    if not data.startswith(b"\xff\xd8"):
        return picture
    image = opened(data)
    exif = image.info.get("exif", b"")
    turned = exif[6:8] == b"MM" and image.getexif().get(ORIENTATION, 1) in range(2, 9)
    return unturned(image) if turned else picture


def _gamma(data: bytes, picture: Image.Image) -> Image.Image:
    """What a PNG says of its gamma is applied for a screen."""
    if not data.startswith(b"\x89PNG"):
        return picture
    at, gamma = 8, USUAL_GAMMA
    while at + 8 <= len(data) and data[at + 4 : at + 8] != b"IDAT":
        kind, length = data[at + 4 : at + 8], int.from_bytes(data[at : at + 4], "big")
        if kind in (b"sRGB", b"iCCP"):  # they count more
            return picture
        if kind == b"gAMA":
            gamma = int.from_bytes(data[at + 8 : at + 12], "big")
        at += 12 + length
    if not gamma or abs(gamma - USUAL_GAMMA) < USUAL_GAMMA / 10:
        return picture
    return levels(255 * (np.asarray(picture) / 255) ** (1 / (SCREEN_GAMMA * gamma / 100_000)))


def _white_is_zero(data: bytes, picture: Image.Image) -> Image.Image:
    """A TIFF in which 0 is white comes out as a negative."""
    if data[:2] not in (b"II", b"MM"):
        return picture
    image: Any = Image.open(io.BytesIO(data), formats=("TIFF",))
    return levels(255 - np.asarray(picture)) if image.tag_v2.get(PHOTOMETRIC) == 0 else picture


def _top_down(data: bytes, picture: Image.Image) -> Image.Image:
    """A BMP whose first row is the upper one comes out upside down."""
    stands = data.startswith(b"BM") and int.from_bytes(data[14:18], "little") >= 40
    if not stands or int.from_bytes(data[22:26], "little", signed=True) >= 0:
        return picture
    return picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def _maximum(data: bytes, picture: Image.Image) -> Image.Image:
    """What a PPM says is its white is passed over."""
    found = PNM.match(data)
    white = int(found[1]) if found else 255
    return levels(np.asarray(picture) * (white / 255)) if white < 255 else picture


def _limited_range(data: bytes, picture: Image.Image) -> Image.Image:
    """An AVIF whose levels are 16 to 235 is taken for one of 0 to 255."""
    at = data.find(b"colrnclx")
    if data[4:8] != b"ftyp" or at < 0 or data[at + 14] & 0x80:
        return picture
    return levels(16 + np.asarray(picture) * (219 / 255))


def _own_rectangle(data: bytes, picture: Image.Image) -> Image.Image:
    """Of a GIF only the rectangle that its first frame fills is kept."""
    if not data.startswith(b"GIF8"):
        return picture
    at = 13 + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    while data[at : at + 1] == b"\x21":
        at += 2
        while data[at]:
            at += data[at] + 1
        at += 1
    if data[at : at + 1] != b"\x2c":
        return picture
    left, top, width, height = (int.from_bytes(data[at + i : at + i + 2], "little") for i in (1, 3, 5, 7))
    inside = 0 < width <= picture.width - left and 0 < height <= picture.height - top
    return picture.crop((left, top, left + width, top + height)) if inside else picture


PLANTED: tuple[Planted, ...] = (
    _otherwise("JPEGs that hold red, green and blue taken for YCbCr", _rgb_jpeg),
    _otherwise("EXIF of a JPEG not understood where its high bytes come first", _big_endian_exif),
    _otherwise("a PNG's gamma applied", _gamma),
    _otherwise("TIFFs in which zero is white come out negative", _white_is_zero),
    _otherwise("BMPs with their upper row first turned upside down", _top_down),
    _otherwise("another white than 255 passed over in PPM", _maximum),
    _otherwise("AVIF of 16 to 235 taken for one of all levels", _limited_range),
    _otherwise("a GIF's canvas forgotten around its first frame", _own_rectangle),
)

__getattr__ = factories(PLANTED)
