"""BMP: depths, run lengths, and rows from the top. Source: Microsoft, BITMAPINFOHEADER and "Bitmap Compression"."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.probes.written.kind import ORDINARY, Chosen, Kind

_PLAIN, _RUNS, _FIELDS = 0, 1, 3  # how pixels are stored
_HEADER = 14 + 40


def _write(picture: Image.Image, chosen: Chosen) -> bytes | None:
    colours, top_down = chosen["colours"], chosen["rows"] == "top-down"
    if colours.startswith("palette"):
        indexed = picture.quantize(256)
        palette = np.zeros((256, 4), np.uint8)
        listed = np.array(indexed.getpalette() or [], np.uint8).reshape(-1, 3)
        palette[: len(listed), :3] = listed[:, ::-1]
        rows = np.asarray(indexed)
        if colours == "palette in run lengths":
            if top_down:
                return None  # run lengths go from the bottom up
            return _file(picture, 8, _RUNS, palette.tobytes(), _runs(rows[::-1]), False)
        return _file(picture, 8, _PLAIN, palette.tobytes(), _padded(rows, top_down), top_down)
    levels = np.asarray(picture)
    if colours in ("5-5-5", "5-6-5"):
        red, green, blue = (levels[:, :, i].astype(np.uint16) for i in range(3))
        six = colours == "5-6-5"
        packed = (red >> 3) << (11 if six else 10) | (green >> (2 if six else 3)) << 5 | blue >> 3
        masks = struct.pack("<III", *((0xF800, 0x07E0, 0x001F) if six else (0x7C00, 0x03E0, 0x001F)))
        rows = packed.astype("<u2").view(np.uint8)
        return _file(picture, 16, _FIELDS if six else _PLAIN, masks if six else b"", _padded(rows, top_down), top_down)
    rows = levels[:, :, ::-1]
    if colours == "32 bits":
        rows = np.pad(rows, ((0, 0), (0, 0), (0, 1)))
    bits = 8 * rows.shape[2]
    return _file(picture, bits, _PLAIN, b"", _padded(rows.reshape(len(rows), -1), top_down), top_down)


def _file(picture: Image.Image, bits: int, stored: int, between: bytes, pixels: bytes, top_down: bool) -> bytes:
    start, height = _HEADER + len(between), -picture.height if top_down else picture.height
    info = struct.pack("<IiiHHIIiiII", 40, picture.width, height, 1, bits, stored, len(pixels), 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + info + between + pixels


def _padded(rows: NDArray[np.uint8], top_down: bool) -> bytes:
    """Rows of bytes, each filled up to a multiple of four."""
    padded = np.pad(rows, ((0, 0), (0, -rows.shape[1] % 4)))
    return np.ascontiguousarray(padded if top_down else padded[::-1]).tobytes()


def _runs(rows: NDArray[np.uint8]) -> bytes:
    """Each row as counts and values, with an end of line; an end of the picture after the last."""
    packed = bytearray()
    for row in rows:
        changes = np.flatnonzero(np.diff(row)) + 1
        for run in np.split(row, changes):
            for start in range(0, len(run), 255):
                packed += bytes((min(255, len(run) - start), int(run[0])))
        packed += b"\x00\x00"
    return bytes(packed[:-2] + b"\x00\x01")


KINDS = (
    Kind(
        "BMP",
        {
            "colours": ("24 bits", "32 bits", "5-5-5", "5-6-5", "palette", "palette in run lengths"),
            "rows": (ORDINARY, "top-down"),
        },
        _write,
    ),
)
