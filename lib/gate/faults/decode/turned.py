"""Pictures that come out turned in another way than the file says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image
from PIL.Image import Transpose

from lib.deploy.stages import decode
from lib.gate.deployed import Planted, stage
from lib.gate.faults.decode.reading import of_files, of_format, opened

ORIENTATION = 0x0112  # the EXIF tag
UPRIGHT = 1
# What has to be done to a picture as it is stored, by orientation. Source: Exif 3.0, 4.6.5.1, Orientation.
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
}  # fmt: skip


def _taken_for(name: str, others: Mapping[int, int], *words: str) -> Planted:
    """Some orientations taken for others, in JPEG files."""

    def wrong(image: Image.Image) -> Any:
        orientation = others[image.getexif()[ORIENTATION]]
        stored = image.convert("RGB")
        return stored if orientation == UPRIGHT else stored.transpose(_TURNS[orientation])

    return of_files(name, lambda image: image.format == "JPEG" and image.getexif().get(ORIENTATION) in others, wrong, *words)


def _as_stored(image: Image.Image) -> Any:
    return image.convert("RGB")


def ignored(data: bytes) -> Any:
    """A decode that heeds no orientation."""
    return decode(data) and opened(data).convert("RGB")


def _named(*orientations: int) -> list[str]:
    return [f"EXIF orientation {each}" for each in orientations]


def _of(kind: str) -> Callable[[Image.Image], bool]:
    return of_format(kind)


PLANTED = (
    stage("EXIF orientation ignored", "decode", lambda _: ignored, tuple(_named(2, 3, 4, 5, 6, 7, 8))),
    _taken_for("mirrored orientations turned and not mirrored", {2: 1, 4: 3, 5: 6, 7: 8}, *_named(2, 4, 5, 7)),
    _taken_for("quarter turns the wrong way", {6: 8, 8: 6}, *_named(6, 8)),
    _taken_for("pictures upside down left so", {3: 1}, *_named(3)),
    _taken_for("transpose taken for transverse", {5: 7, 7: 5}, *_named(5, 7)),
    of_files("EXIF orientation ignored in PNG", _of("PNG"), _as_stored, "EXIF orientation in PNG"),
    of_files("EXIF orientation ignored in WebP", _of("WEBP"), _as_stored, "EXIF orientation in WEBP"),
    of_files(
        "EXIF orientation heeded in JPEG alone", of_format("PNG", "WEBP"), _as_stored,
        "EXIF orientation in PNG", "EXIF orientation in WEBP",
    ),
)  # fmt: skip
