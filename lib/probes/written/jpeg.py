"""JPEG: how colours are sampled, how the scan is cut up, and what is said beside. Source: ITU-T T.81, T.871."""

from __future__ import annotations

import io
import struct

import cv2
import numpy as np
from PIL import Image

from lib.probes.files import exif, stored
from lib.probes.modes import swapped_profile
from lib.probes.written.kind import ORDINARY, Chosen, Kind, thumbnail_of_another

_SAMPLING = {
    "4:2:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    "4:1:1": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411,
    "4:2:2": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    "4:4:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440,
    "4:4:4": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
}
_SCANS = {
    ORDINARY: [],
    "progressive": [cv2.IMWRITE_JPEG_PROGRESSIVE, 1],
    "restart markers": [cv2.IMWRITE_JPEG_RST_INTERVAL, 2],
    "own Huffman tables": [cv2.IMWRITE_JPEG_OPTIMIZE, 1],
    "coarse tables": [cv2.IMWRITE_JPEG_QUALITY, 30],
}
_TURNED = 6  # the orientation that phones write of a photo taken upright
_ADOBE, _YCC = b"Adobe\x00\x64\x00\x00\x00\x00", b"\x01"
_SAID = (
    ORDINARY, "density 72 × 144", "an Adobe marker", "EXIF first", "orientation", "a thumbnail of another picture",
    "colour profile",
)  # fmt: skip


def _write(picture: Image.Image, chosen: Chosen) -> bytes | None:
    said = chosen["with"]
    shown = stored(picture, _TURNED) if said in ("orientation", "a thumbnail of another picture") else picture
    grey = chosen["colours"] == "grey"
    pixels = np.asarray(shown.convert("L")) if grey else np.asarray(shown)[:, :, ::-1]
    options = [cv2.IMWRITE_JPEG_QUALITY, 92, *_SCANS[chosen["scan"]]]
    if not grey:
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, _SAMPLING[chosen["colours"]]]
    data = cv2.imencode(".jpg", np.ascontiguousarray(pixels), options)[1].tobytes()
    return None if grey and said == "an Adobe marker" else _saying(data, said)


def _saying(data: bytes, said: str) -> bytes:
    start, after = 2, 2 + 2 + struct.unpack(">H", data[4:6])[0]  # of the JFIF segment
    head, body = data[start:after], data[after:]
    if said == "density 72 × 144":
        at = head.index(b"JFIF\x00") + 7
        head = head[:at] + struct.pack(">BHH", 1, 72, 144) + head[at + 5 :]
    segments = {
        "an Adobe marker": _segment(0xEE, _ADOBE + _YCC),
        "EXIF first": _segment(0xE1, exif(1).tobytes()),
        "orientation": _segment(0xE1, exif(_TURNED).tobytes()),
        "a thumbnail of another picture": _segment(0xE1, _with_thumbnail()),
        "colour profile": _segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + swapped_profile()),
    }
    if said in ("EXIF first", "an Adobe marker"):
        head = b""
    return data[:start] + head + segments.get(said, b"") + body


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def _with_thumbnail() -> bytes:
    """EXIF data with an orientation in the first directory and a thumbnail in the second. Source: Exif 3.0, 4.6.2 and 4.6.5."""
    buffer = io.BytesIO()
    thumbnail_of_another().save(buffer, "JPEG")
    small = buffer.getvalue()
    first = struct.pack("<H HHIHH I", 1, 0x0112, 3, 1, _TURNED, 0, 8 + 18)
    second = struct.pack("<H", 3)
    second += struct.pack("<HHIHH", 0x0103, 3, 1, 6, 0)
    second += struct.pack("<HHII", 0x0201, 4, 1, 8 + 18 + 42)
    second += struct.pack("<HHII", 0x0202, 4, 1, len(small)) + struct.pack("<I", 0)
    return b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + first + second + small


KINDS = (Kind("JPEG", {"colours": (*_SAMPLING, "grey"), "scan": tuple(_SCANS), "with": _SAID}, _write),)
