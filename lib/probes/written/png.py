"""PNG: every colour type and depth, interlaced or not, and what chunks say. Source: W3C, PNG (Third Edition), 2025."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.probes.files import exif, stored
from lib.probes.modes import swapped_profile
from lib.probes.written.kind import ORDINARY, Chosen, Kind, with_alpha

_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6  # colour types
_TYPES = {
    "RGB": (_RGB, 8), "RGBA": (_RGBA, 8), "grey of 1 bit": (_GREY, 1), "grey of 2 bits": (_GREY, 2),
    "grey of 4 bits": (_GREY, 4), "palette": (_PALETTE, 8), "palette of 2 bits": (_PALETTE, 2),
    "palette of 4 bits": (_PALETTE, 4), "RGB of 16 bits": (_RGB, 16), "RGBA of 16 bits": (_RGBA, 16),
    "grey with alpha of 16 bits": (_GREY_ALPHA, 16),
}  # fmt: skip
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))  # left, top, steps
_SAID = (
    ORDINARY, "pHYs 1 × 2", "eXIf before the pixels", "eXIf after the pixels", "gAMA 1.0", "colour profile", "tRNS",
)  # fmt: skip
_TURNED = 6


def _write(picture: Image.Image, chosen: Chosen) -> bytes | None:
    kind, bits = _TYPES[chosen["colours"]]
    said = chosen["with"]
    if said == "tRNS" and kind not in (_GREY, _RGB, _PALETTE):
        return None
    shown = stored(picture, _TURNED) if said.startswith("eXIf") else picture
    samples, palette = _samples(shown, kind, bits)
    height, width = samples.shape[:2]
    interlaced = chosen["rows"] == "interlaced"
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, int(interlaced))
    before, after = _chunks(said, kind, bits, samples)
    pixels = zlib.compress(_interlaced(samples, bits) if interlaced else _rows(samples, bits), 1)
    parts = [pixels[i : i + 4096] for i in range(0, len(pixels), 4096)]  # in several chunks, as cameras and browsers write them
    written = [_chunk(b"IHDR", header), *([_chunk(b"PLTE", palette)] if palette else []), *before]
    return b"\x89PNG\r\n\x1a\n" + b"".join([*written, *(_chunk(b"IDAT", part) for part in parts), *after, _chunk(b"IEND", b"")])


def _samples(picture: Image.Image, kind: int, bits: int) -> tuple[NDArray[np.uint16], bytes]:
    """Values of each pixel, (h, w, channels), and the palette if there is one."""
    if kind == _PALETTE:
        indexed = picture.quantize(1 << bits)
        colours = bytes(indexed.getpalette() or b"")[: 3 << bits]
        return np.asarray(indexed, np.uint16)[:, :, None], colours
    mode = {_GREY: "L", _RGB: "RGB", _GREY_ALPHA: "LA", _RGBA: "RGBA"}[kind]
    clear = with_alpha(picture)
    if kind == _GREY_ALPHA:
        levels = np.stack([np.asarray(picture.convert("L")), np.asarray(clear)[:, :, 3]], axis=2)
    else:
        levels = np.asarray((clear if kind == _RGBA else picture).convert(mode))
    values = levels.reshape(*levels.shape[:2], -1).astype(np.uint16)
    return (values * 256 + 200 if bits == 16 else values >> (8 - bits)).astype(np.uint16), b""


def _chunks(said: str, kind: int, bits: int, samples: NDArray[np.uint16]) -> tuple[list[bytes], list[bytes]]:
    """Chunks before the pixels and after."""
    profile = b"red and blue\x00\x00" + zlib.compress(swapped_profile())
    turned = exif(_TURNED).tobytes().removeprefix(b"Exif\x00\x00")
    clear = bytes([0]) if kind == _PALETTE else struct.pack(f">{samples.shape[2]}H", *samples[len(samples) // 2, 0].tolist())
    before = {
        "pHYs 1 × 2": _chunk(b"pHYs", struct.pack(">IIB", 1000, 2000, 1)),
        "eXIf before the pixels": _chunk(b"eXIf", turned),
        "gAMA 1.0": _chunk(b"gAMA", struct.pack(">I", 100000)),
        "colour profile": _chunk(b"iCCP", profile),
        "tRNS": _chunk(b"tRNS", clear),
    }
    after = [_chunk(b"eXIf", turned)] if said == "eXIf after the pixels" else []
    return ([before[said]] if said in before else []), after


def _rows(samples: NDArray[np.uint16], bits: int) -> bytes:
    """Rows of packed samples, each after the number of its filter, none."""
    rows = samples.reshape(len(samples), -1)
    if bits == 16:
        packed = rows.astype(">u2").view(np.uint8)
    elif bits == 8:
        packed = rows.astype(np.uint8)
    else:
        spread = (rows[:, :, None] >> np.arange(bits - 1, -1, -1)) & 1
        packed = np.packbits(spread.reshape(len(rows), -1).astype(np.uint8), axis=1)
    return np.pad(packed.reshape(len(rows), -1), ((0, 0), (1, 0))).tobytes()


def _interlaced(samples: NDArray[np.uint16], bits: int) -> bytes:
    passes = (samples[top::down, left::across] for left, top, across, down in _ADAM7)
    return b"".join(_rows(each, bits) for each in passes if each.size)


def _chunk(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


KINDS = (Kind("PNG", {"colours": tuple(_TYPES), "rows": (ORDINARY, "interlaced"), "with": _SAID}, _write),)
