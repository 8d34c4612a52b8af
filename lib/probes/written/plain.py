"""Formats of a header and numbers: PPM and its kin, and TGA. Source: Netpbm's ppm(5), and Truevision's TGA 2.0."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lib.probes.probe import saved
from lib.probes.written.kind import ORDINARY, Chosen, Kind, with_alpha


def _ppm(picture: Image.Image, chosen: Chosen) -> bytes | None:
    white = {ORDINARY: 255, "white is 100": 100, "white is 15": 15}[chosen["levels"]]
    grey, text = chosen["colours"] == "grey", chosen["numbers"] == "as text"
    levels = np.asarray(picture.convert("L") if grey else picture)
    scaled = np.rint(levels / 255 * white).astype(np.uint8)
    name = {(False, False): "P6", (True, False): "P5", (False, True): "P3", (True, True): "P2"}[grey, text]
    comment = "# made to be read\n" if chosen["with"] == "a comment" else ""
    head = f"{name}\n{comment}{picture.width} {picture.height}\n{white}\n".encode()
    if not text:
        return head + scaled.tobytes()
    return head + "\n".join(" ".join(map(str, row)) for row in scaled.reshape(len(scaled), -1).tolist()).encode() + b"\n"


def _tga(picture: Image.Image, chosen: Chosen) -> bytes | None:
    made = {"RGB": picture, "RGBA": with_alpha(picture), "grey": picture.convert("L"), "palette": picture.quantize(256)}
    options = {"compression": "tga_rle"} if chosen["packed"] else {}
    said = {"id_section": b"made to be read"} if chosen["with"] == "an image's name" else {}
    return saved(made[chosen["colours"]], "TGA", orientation=1 if chosen["rows"] == "top-down" else -1, **options, **said)


KINDS = (
    Kind(
        "PPM",
        {
            "colours": ("RGB", "grey"),
            "levels": (ORDINARY, "white is 100", "white is 15"),
            "numbers": (ORDINARY, "as text"),
            "with": (ORDINARY, "a comment"),
        },
        _ppm,
    ),
    Kind(
        "TGA",
        {
            "colours": ("RGB", "RGBA", "grey", "palette"),
            "rows": (ORDINARY, "top-down"),
            "packed": (ORDINARY, "run lengths"),
            "with": (ORDINARY, "an image's name"),
        },
        _tga,
    ),
)
