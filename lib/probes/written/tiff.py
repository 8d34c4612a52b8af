"""TIFF: byte orders, strips and tiles, planes, predictors. Source: TIFF 6.0, and Adobe's BigTIFF; written by tifffile."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import tifffile
from PIL import Image

from lib.probes.files import ORIENTATION, stored
from lib.probes.written.kind import ORDINARY, Chosen, Kind, with_alpha

_TURNED = 6
_FILES: dict[str, dict[str, Any]] = {ORDINARY: {}, "big-endian": {"byteorder": ">"}, "BigTIFF": {"bigtiff": True}}
_LAID: dict[str, dict[str, Any]] = {
    ORDINARY: {},
    "strips of 3 rows": {"rowsperstrip": 3},
    "tiles": {"tile": (16, 32)},
    "planes": {"planarconfig": "separate"},
}
_PACKED: dict[str, dict[str, Any]] = {
    ORDINARY: {},
    "deflate": {"compression": "zlib"},
    "deflate with differences": {"compression": "zlib", "predictor": 2},
}
_SHORT = 3  # the tag's type


def _write(picture: Image.Image, chosen: Chosen) -> bytes | None:
    shown = stored(picture, _TURNED) if chosen["with"] == "orientation" else picture
    colours, laid = chosen["colours"], chosen["laid"]
    options: dict[str, Any] = {**_FILES[chosen["file"]], **_LAID[laid], **_PACKED[chosen["packed"]], "metadata": None}
    pixels = np.asarray(shown)
    if colours.startswith("grey"):
        if laid == "planes":
            return None
        white = colours == "grey with white at zero"
        pixels = np.asarray(shown.convert("L"))
        pixels, options["photometric"] = (255 - pixels, "miniswhite") if white else (pixels, "minisblack")
    elif colours == "RGBA":
        pixels, options["photometric"], options["extrasamples"] = np.asarray(with_alpha(shown)), "rgb", ["unassalpha"]
    else:
        options["photometric"] = "rgb"
    if laid == "planes":
        pixels = np.ascontiguousarray(pixels.transpose(2, 0, 1))
    if chosen["with"] == "orientation":
        options["extratags"] = [(ORIENTATION, _SHORT, 1, _TURNED, True)]
    if chosen["with"] == "resolution 72 × 144":
        options["resolution"] = (72, 144)
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, **options)
    return buffer.getvalue()


KINDS = (
    Kind(
        "TIFF",
        {
            "colours": ("RGB", "RGBA", "grey", "grey with white at zero"),
            "file": tuple(_FILES),
            "laid": tuple(_LAID),
            "packed": tuple(_PACKED),
            "with": (ORDINARY, "orientation", "resolution 72 × 144"),
        },
        _write,
    ),
)
