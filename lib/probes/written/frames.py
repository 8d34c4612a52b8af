"""Formats that hold several pictures, of which the first is meant: GIF, WebP, AVIF."""

from __future__ import annotations

import struct
from typing import Any

from PIL import Image, ImageChops, features

from lib.probes.files import exif, stored
from lib.probes.modes import swapped_profile
from lib.probes.probe import saved
from lib.probes.written.kind import ORDINARY, Chosen, Kind, with_alpha

_TURNED = 6
_SAID = (ORDINARY, "orientation", "colour profile")
_CANVAS = 6  # place of width and height in a GIF's header


def _gif(picture: Image.Image, chosen: Chosen) -> bytes | None:
    options: dict[str, Any] = {"transparency": 3} if chosen["colours"] == "a clear colour" else {}
    if chosen["frames"] == "several":
        options |= {"save_all": True, "append_images": [ImageChops.invert(picture).quantize(64)], "duration": 100}
    data = saved(picture.quantize(64), "GIF", interlace=int(chosen["rows"] == "interlaced"), **options)
    if chosen["canvas"] == "larger than the frame":
        width, height = picture.width + 13, picture.height + 7
        data = data[:_CANVAS] + struct.pack("<HH", width, height) + data[_CANVAS + 4 :]
    return data


def _modern(kind: str) -> Any:
    def write(picture: Image.Image, chosen: Chosen) -> bytes | None:
        said, clear = chosen["with"], chosen["colours"] == "RGBA"
        shown = stored(picture, _TURNED) if said == "orientation" else picture
        options: dict[str, Any] = {}
        if said == "orientation":
            options["exif"] = exif(_TURNED)
        if said == "colour profile":
            options["icc_profile"] = swapped_profile()
        if chosen["frames"] == "several":
            if kind == "AVIF" and said:
                return None  # Pillow 13 ends the process over these
            other = ImageChops.invert(shown)
            options |= {"save_all": True, "append_images": [with_alpha(other) if clear else other], "duration": 100}
        if chosen["packed"] == "limited range":
            options["range"] = "limited"
        if chosen["packed"] == "4:4:4":
            options["subsampling"] = "4:4:4"
        if chosen["packed"] == "lossless":
            options |= {"lossless": True} if kind == "WEBP" else {"quality": 100, "speed": 10}
        return saved(with_alpha(shown) if clear else shown, kind, **options)

    return write


def _choices(*packed: str) -> dict[str, tuple[str, ...]]:
    return {
        "colours": ("RGB", "RGBA"),
        "frames": (ORDINARY, "several"),
        "packed": (ORDINARY, *packed),
        "with": _SAID,
    }


KINDS = (
    Kind(
        "GIF",
        {
            "colours": (ORDINARY, "a clear colour"),
            "frames": (ORDINARY, "several"),
            "rows": (ORDINARY, "interlaced"),
            "canvas": (ORDINARY, "larger than the frame"),
        },
        _gif,
    ),
    Kind("WebP", _choices("lossless"), _modern("WEBP")),
    *([Kind("AVIF", _choices("lossless", "limited range", "4:4:4"), _modern("AVIF"))] if features.check("avif") else []),
)
