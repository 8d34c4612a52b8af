"""How a file is encoded, told from its bytes, and a decode that is right but for some encodings."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.gate.deployed import Planted, Stage, around

APP0, APP1, DRI, SOS = 0xE0, 0xE1, 0xDD, 0xDA  # markers of JPEG
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # those at which a frame of JPEG starts
_PNG = b"\x89PNG\r\n\x1a\n"
ORIENTATION = 0x112


def opened(data: bytes) -> Image.Image:
    """The file's image, as it lies there and not read yet."""
    return Image.open(io.BytesIO(data))


def of_bytes(name: str, holds: Callable[[bytes], bool], wrong: Callable[[bytes, Image.Image], Any]) -> Planted:
    """A fault of decoding on files of one encoding.

    Args:
        name: what is done.
        holds: whether a file is encoded so.
        wrong: from the file and the right picture to the wrong one.
    """

    def change(decode: Stage) -> Stage:
        def decoded(data: bytes) -> Any:
            right = decode(data)  # refuses what has to be refused
            return wrong(data, right) if holds(data) else right

        return decoded

    return around(name, "decode", change)


def segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers of a JPEG file up to its first scan, with what they hold; of other files none."""
    at = 2 if data.startswith(b"\xff\xd8\xff") else len(data)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == SOS:
            return
        if marker == 0xFF:  # filled up
            at += 1
            continue
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + length


def frame(data: bytes) -> tuple[int, list[tuple[int, int]]]:
    """The marker of a JPEG's frame and how often each channel is sampled, across and down; 0 and none of other files."""
    for marker, held in segments(data):
        if marker in _FRAMES and len(held) > 5:
            return marker, [(each >> 4, each & 15) for each in held[7 : 6 + 3 * held[5] : 3]]
    return 0, []


def restarts(data: bytes) -> int:
    """After how many blocks a JPEG starts anew; 0 for never."""
    return next((int.from_bytes(held[:2], "big") for marker, held in segments(data) if marker == DRI), 0)


def density(data: bytes) -> tuple[int, int]:
    """A JFIF file's dots across and down, in any unit; 1 and 1 where it does not say."""
    for marker, held in segments(data):
        if marker == APP0 and held.startswith(b"JFIF\0") and len(held) >= 12:
            return int.from_bytes(held[8:10], "big") or 1, int.from_bytes(held[10:12], "big") or 1
    return 1, 1


def thumbnail(data: bytes) -> Image.Image | None:
    """The small picture that lies in a JPEG's EXIF data."""
    for marker, held in segments(data):
        start = held.find(b"\xff\xd8\xff", 6) if marker == APP1 and held.startswith(b"Exif\0") else -1
        if start > 0:
            try:
                return opened(held[start:]).convert("RGB")
            except (OSError, SyntaxError, ValueError):  # the photo itself may be sound
                return None
    return None


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """A PNG's chunks, with what they hold; of other files none."""
    found, at = [], len(_PNG) if data.startswith(_PNG) else len(data)
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def png(data: bytes) -> tuple[int, int, bool]:
    """A PNG's bits a channel, its colour type and whether it is interlaced; zeros of other files."""
    return (data[24], data[25], data[28] == 1) if data.startswith(_PNG) else (0, 0, False)


def tiff_tag(data: bytes, number: int) -> int:
    """A whole number that a TIFF states; 0 where it does not, and of other files."""
    if data[:2] not in (b"II", b"MM"):
        return 0
    value = getattr(opened(data), "tag_v2", {}).get(number, 0)
    return int(value[0] if isinstance(value, tuple) else value)


def maxval(data: bytes) -> int:
    """The level that stands for white in a PGM or PPM file; 0 of other files."""
    if data[:2] not in (b"P2", b"P3", b"P5", b"P6"):
        return 0
    lines = [line.split(b"#")[0] for line in data[:2048].splitlines()]
    words = b" ".join(lines).split()[1:4]
    return int(words[2]) if len(words) == 3 and words[2].isdigit() else 0


def orientation(image: Image.Image) -> int:
    """How a photo has to be turned, by its EXIF data; 1 for not at all."""
    turned: int = image.getexif().get(ORIENTATION, 1)
    return turned


def repeated(pixels: NDArray[Any], times: int) -> NDArray[Any]:
    """One of so many pixels across and down, in place of all."""
    height, width = pixels.shape[:2]
    return pixels[::times, ::times].repeat(times, axis=0).repeat(times, axis=1)[:height, :width]


def as_image(picture: Any) -> Image.Image:
    """A picture, which may be an array, as Pillow's image."""
    return picture if isinstance(picture, Image.Image) else Image.fromarray(np.ascontiguousarray(picture))
