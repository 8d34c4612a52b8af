"""How much memory it takes to decode a photo, known from its header."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from PIL import Image

from . import files

MOST = files.DECODED

# Bytes that Pillow stores for each pixel. An RGB picture has four too.
_STORED = {"1": 1, "L": 1, "P": 1}
_COPIES = 8  # of the decoded picture and the one that is turned or converted from it, both in RGB or RGBA
# What a reader keeps for each pixel beside the picture: WebP's two canvases, AVIF's planes of 12 bits a channel, JPEG 2000's
# channels of 32 bits. The tests measure them.
_BESIDE = {"WEBP": 14, "AVIF": 20, "JPEG2000": 24}
_TIFF = 8  # a strip or tile of 16 bits a channel, which may be the whole picture
_ICON = 36  # masks, and JPEG 2000
_PNG, _JPEG_2000 = b"\x89PNG", b"\xff\x4f\xff\x51"  # what they begin with
_IN_PYTHON = 14  # readers that are written in Python, which collect bytes and copy them
_COPIES_OF_FILE = 2
_ROWS_OF_STRIP, _ROWS_OF_TILE = 278, 323  # tags of TIFF


def needed(image: Image.Image, data: bytes) -> int:
    """Bytes of memory that decoding takes at most, beside the file itself.

    Args:
        image: opened, and not yet decoded.
        data: the whole file.
    """
    if image.format == "JPEG":
        kept = _coefficients(image, data)
    elif image.format == "TIFF":
        kept = _TIFF * _largest_strip(image)
    elif any(tile[0] in Image.DECODERS for tile in getattr(image, "tile", ())):
        kept = _IN_PYTHON
    else:
        kept = _BESIDE.get(image.format or "", 0)
    each = max(_COPIES, _STORED.get(image.mode, 4) + kept)
    return int(image.width * image.height * each) + _COPIES_OF_FILE * len(data)


def _coefficients(image: Image.Image, data: bytes) -> float:
    """Bytes a pixel that a JPEG file's coefficients take, which are all kept where they come in more than one scan."""
    layers = getattr(image, "layer", ())
    file = getattr(image, "fp", None)
    start = file.tell() if file else 0  # of the first scan: two bytes of length, then how many channels it has
    if not layers or (not image.info.get("progressive") and data[start + 2 : start + 3] == bytes([len(layers)])):
        return 0
    samples = [across * down for _, across, down, _ in layers]
    return 2 * sum(samples) / max(samples)


def _largest_strip(image: Image.Image) -> float:
    """Which share of a TIFF file's rows is read at once."""
    tags = getattr(image, "tag_v2", {})
    rows = [tags.get(name, 0) for name in (_ROWS_OF_STRIP, _ROWS_OF_TILE)]
    return min(1.0, max(rows) / image.height) if any(rows) and image.height else 1.0


def of_icon(width: int, height: int) -> int:
    """Bytes that decoding takes at most for a picture that lies in an icon or a texture."""
    return width * height * (4 + _ICON)


def inside(data: bytes) -> Iterator[tuple[int, int]]:
    """Width and height of the pictures that lie in an icon or a texture, which may be larger than it says; of others none."""
    if data.startswith(b"\0\0\1\0"):
        for i in range(int.from_bytes(data[4:6], "little")):
            start = int.from_bytes(data[18 + 16 * i : 22 + 16 * i], "little")
            yield _size(data[start : start + 24])
    elif data.startswith(b"icns"):
        at, length = 8, 8
        while length >= 8 and at < len(data):
            length = int.from_bytes(data[at + 4 : at + 8], "big")
            stream = data.find(_JPEG_2000, at, at + length)
            if data.startswith(_PNG, at + 8):
                yield _big_endian(data[at + 24 : at + 32])
            elif stream > 0:
                yield _big_endian(data[stream + 8 : stream + 16])
            at += length
    elif data.startswith(b"BLP1") and len(data) >= 160:
        first, length, header = (struct.unpack_from("<I", data, at)[0] for at in (28, 92, 156))
        try:
            yield Image.open(io.BytesIO(data[160 : 160 + header] + data[first : first + length]), formats=("JPEG",)).size
        except Exception:  # no JPEG then: either no picture at all, or one of the size that the header says
            return


def _size(start: bytes) -> tuple[int, int]:
    """Width and height of a PNG or a bitmap by the 24 bytes that it starts with."""
    if start.startswith(_PNG):
        return _big_endian(start[16:24])
    if start.startswith(b"\x0c\0\0\0"):  # the oldest kind of bitmap
        return int.from_bytes(start[4:6], "little"), int.from_bytes(start[6:8], "little")
    return abs(int.from_bytes(start[4:8], "little", signed=True)), abs(int.from_bytes(start[8:12], "little", signed=True))


def _big_endian(pair: bytes) -> tuple[int, int]:
    return int.from_bytes(pair[:4], "big"), int.from_bytes(pair[4:], "big")
