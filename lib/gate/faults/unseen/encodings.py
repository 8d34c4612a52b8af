"""Deployments that are right on ordinary JPEGs and PNGs, and wrong on what other programs and cameras write."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from PIL import Image

from lib.gate.deployed import Planted, factories
from lib.gate.faults.unseen.looks import instead, lying, opened, orientation, picture_of, segments, turned

_BLOCK = 8  # pixels a side of what JPEG transforms
_RESTART = 0xDD
_PREDICTOR, _DIFFERENCES = 317, 2
_GAP = rb"\s+(?:#[^\n]*\n\s*)*"
_PPM = re.compile(rb"P[56]" + _GAP + rb"\d+" + _GAP + rb"\d+" + _GAP + rb"(\d+)\s")


def _drifting(data: bytes, _: Image.Image) -> Any:
    """A reader that goes on adding where a restart marker sets the sum of differences back to none."""
    image = opened(data)
    if image.format != "JPEG" or image.mode not in ("L", "RGB") or image.info.get("progressive"):
        return None
    interval = next((int.from_bytes(held[:2], "big") for marker, held in segments(data) if marker == _RESTART), 0)
    layers = getattr(image, "layer", ())
    across, down = (_BLOCK * max(layer[i] for layer in layers) if len(layers) > 1 else _BLOCK for i in (1, 2))
    columns, rows = -(-image.width // across), -(-image.height // down)
    if not 0 < interval < columns * rows:
        return None
    said = orientation(image)
    pixels = np.asarray(image.convert("RGB"), np.float32)
    grey = np.pad(pixels.mean(axis=2), ((0, rows * down - image.height), (0, columns * across - image.width)), mode="edge")
    means = grey.reshape(rows, down, columns, across).mean(axis=(1, 3)).ravel()
    ends = np.cumsum(means[interval - 1 :: interval] - 128)
    drift = np.concatenate([[0], ends])[np.arange(means.size) // interval].reshape(rows, columns)
    spread = drift.repeat(down, axis=0).repeat(across, axis=1)[: image.height, : image.width]
    return turned(picture_of(pixels + spread[..., None]), said)


def _always_from_ycc(data: bytes, _: Image.Image) -> Any:
    """A reader that takes the three channels for brightness and two colours, whatever the file says."""
    image = opened(data)
    layers = getattr(image, "layer", ())
    if image.format != "JPEG" or len(layers) != 3:
        return None
    if image.info.get("adobe_transform") != 0 and bytes(layer[0] for layer in layers) != b"RGB":
        return None
    said = orientation(image)
    return turned(Image.frombytes("YCbCr", image.size, image.convert("RGB").tobytes()).convert("RGB"), said)


def _taken_for_wide(data: bytes, _: Image.Image) -> Any:
    """Colours that are halved down the picture, as where one was turned without loss, read as if halved across it."""
    image = opened(data)
    sampling = [tuple(layer[1:3]) for layer in getattr(image, "layer", ())]
    if image.format != "JPEG" or sampling != [(1, 2), (1, 1), (1, 1)]:
        return None
    said = orientation(image)
    pixels = np.array(image.convert("RGB").convert("YCbCr"))
    height, width = (side // 2 * 2 for side in pixels.shape[:2])
    for channel in (1, 2):
        halved = pixels[:height:2, :width, channel].reshape(height, width // 2)
        pixels[:height, :width, channel] = halved.repeat(2, axis=1)
    return turned(Image.fromarray(pixels, "YCbCr").convert("RGB"), said)


def _taken_for_linear(data: bytes, picture: Image.Image) -> Any:
    if not data.startswith(b"\x89PNG") or data[24] != 16 or data[25] not in (2, 6):
        return None
    light = np.arange(256) / 255
    levels = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return picture_of(255 * levels[np.asarray(picture)])


def _first_pass(data: bytes, picture: Image.Image) -> Any:
    if not data.startswith(b"\x89PNG") or data[28] != 1:
        return None
    pixels = np.asarray(picture)
    return pixels[::8, ::8].repeat(8, axis=0).repeat(8, axis=1)[: picture.height, : picture.width].copy()


def _differences(data: bytes, picture: Image.Image) -> Any:
    image = opened(data)
    if image.format != "TIFF" or image.mode not in ("L", "RGB") or _predictor(image) != _DIFFERENCES:
        return None
    pixels = np.asarray(picture)
    return np.concatenate([pixels[:, :1], pixels[:, 1:] - pixels[:, :-1]], axis=1)


def _predictor(image: Image.Image) -> Any:
    return getattr(image, "tag_v2", {}).get(_PREDICTOR, 1)


def _from_the_bottom(data: bytes, picture: Image.Image) -> Any:
    upside = data.startswith(b"BM") and int.from_bytes(data[14:18], "little") >= 40
    if not upside or int.from_bytes(data[22:26], "little", signed=True) >= 0:
        return None
    return picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def _no_room_for_text(data: bytes, picture: Image.Image) -> Any:
    """Pixels looked for right after the header, where a file may have some text first."""
    plain = data[0] > 0 and data[2] == 2 and data[16] == 24 and not data[17] & 0x10
    if opened(data).format != "TGA" or not plain:
        return None
    pixels = np.frombuffer(data, np.uint8, 3 * picture.width * picture.height, 18)
    pixels = pixels.reshape(picture.height, picture.width, 3)[..., ::-1]
    return (pixels if data[17] & 0x20 else pixels[::-1]).copy()


def _unscaled(data: bytes, picture: Image.Image) -> Any:
    header = _PPM.match(data)
    most = int(header[1]) if header else 255
    return picture.point([round(level * most / 255) for level in range(256)] * 3) if most < 255 else None


def _blue_first(data: bytes, picture: Image.Image) -> Any:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    at = 12
    while at + 8 <= len(data) and data[at : at + 4] != b"VP8L":
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return np.asarray(picture)[..., ::-1].copy() if data[at : at + 4] == b"VP8L" else None


def _range_not_widened(data: bytes, picture: Image.Image) -> Any:
    at = data[:4096].find(b"colrnclx")
    if at < 0 or opened(data).format != "AVIF" or data[at + 14] & 0x80:
        return None
    return picture.point([round(16 + level * 219 / 255) for level in range(256)] * 3)


def _rows_as_they_come(data: bytes, picture: Image.Image) -> Any:
    if not _interlaced(data):
        return None
    every = np.arange(picture.height)
    return np.asarray(picture)[np.concatenate([every[::8], every[4::8], every[2::4], every[1::2]])]


def _interlaced(data: bytes) -> bool:
    """Whether a file is a GIF whose first frame has its rows in four passes."""
    if data[:3] != b"GIF":
        return False
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while data[at : at + 1] == b"!":  # an extension: two bytes, then blocks up to an empty one
        at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
    return data[at : at + 1] == b"," and bool(data[at + 9] & 0x40)


def _one_byte_order(data: bytes, _: Image.Image) -> Any:
    """EXIF read in the order of bytes that most cameras write, and not in that of many phones."""
    image = opened(data)
    exif = image.info.get("exif", b"").removeprefix(b"Exif\0\0")
    return lying(data) if exif[:2] == b"MM" and orientation(image) != 1 else None


PLANTED: tuple[Planted, ...] = (
    instead("sums carried over a JPEG's restart markers", _drifting),
    instead("JPEGs that hold RGB taken for YCbCr", _always_from_ycc),
    instead("colours of JPEGs in 4:4:0 taken for 4:2:2", _taken_for_wide),
    instead("PNGs of 16 bits taken for linear light", _taken_for_linear),
    instead("of interlaced PNGs the first pass", _first_pass),
    instead("differences of a TIFF not added up", _differences),
    instead("bitmaps that start at the top read from the bottom", _from_the_bottom),
    instead("the text before a TGA's pixels read as pixels", _no_room_for_text),
    instead("levels of a PPM as they are, whatever its largest", _unscaled),
    instead("blue first in WebPs without loss", _blue_first),
    instead("AVIFs of limited range taken for full", _range_not_widened),
    instead("rows of interlaced GIFs in the order of the file", _rows_as_they_come),
    instead("orientation read from little-endian EXIF alone", _one_byte_order),
)

__getattr__ = factories(PLANTED)
