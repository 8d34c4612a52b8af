"""Probes of file formats, of how they store a picture, and of how it is turned."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image
from PIL.Image import Transpose

from lib.probes.motif import Motif
from lib.probes.probe import Probe, saved

ORIENTATION = 0x0112  # the EXIF tag
# From the upright picture to the stored one, by orientation. Source: Exif 3.0, 4.6.5.1, Orientation.
_TURNS = (
    None, Transpose.FLIP_LEFT_RIGHT, Transpose.ROTATE_180, Transpose.FLIP_TOP_BOTTOM,
    Transpose.TRANSPOSE, Transpose.ROTATE_90, Transpose.TRANSVERSE, Transpose.ROTATE_270,
)  # fmt: skip
# Pillow's names of formats that photos come in, an old one or a rare one included.
FORMATS = (
    "AVIF", "BMP", "DDS", "GIF", "ICO", "JPEG", "JPEG2000", "MPO", "PCX", "PNG", "PPM", "QOI", "SGI", "TGA", "TIFF", "WEBP",
)  # fmt: skip


def probes(motif: Motif) -> Iterator[Probe]:
    """The eight orientations, every format, and the ways to store a picture in one."""
    picture = motif.picture()
    for orientation in range(1, 9):
        yield Probe(f"EXIF orientation {orientation}", saved(stored(picture, orientation), "JPEG", exif=exif(orientation)))
    for kind in ("PNG", "WEBP", "TIFF"):
        yield Probe(f"EXIF orientation in {kind}", saved(stored(picture, 6), kind, exif=exif(6)))
    for number, kind in enumerate(FORMATS):
        if kind in Image.SAVE:
            several = {"save_all": True, "append_images": [picture]} if kind == "MPO" else {}
            yield Probe(kind, saved(motif.picture(number=number), kind, **several))
    for name, sampling in (("4:4:4", 0), ("4:2:2", 1), ("4:2:0", 2)):
        yield Probe(f"JPEG {name}", saved(motif.picture(151, 111, 1), "JPEG", subsampling=sampling))
    yield Probe("progressive JPEG", saved(picture, "JPEG", progressive=True, quality=90))
    yield Probe("JPEG of low quality", saved(picture, "JPEG", quality=20))
    yield Probe("JPEG with restart markers", saved(picture, "JPEG", restart_marker_blocks=4))
    yield Probe("JPEG stored as RGB", saved(picture, "JPEG", keep_rgb=True))
    yield Probe("lossless WebP", saved(picture, "WEBP", lossless=True))
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        yield Probe(f"TIFF, {compression.removeprefix('tiff_')}", saved(picture, "TIFF", compression=compression))
    yield from _frames(motif)


def stored(upright: Image.Image, orientation: int) -> Image.Image:
    """A picture as it lies in a file that says with an EXIF orientation, 1 to 8, how it has to be turned."""
    change = _TURNS[orientation - 1]
    return upright if change is None else upright.transpose(change)


def exif(orientation: int) -> Image.Exif:
    """EXIF data that say how a picture has to be turned, 1 to 8."""
    data = Image.Exif()
    data[ORIENTATION] = orientation
    return data


def _frames(motif: Motif) -> Iterator[Probe]:
    first, *others = (motif.picture(number=i) for i in range(3))
    for name, kind in (
        ("animated GIF", "GIF"),
        ("animated PNG", "PNG"),
        ("animated WebP", "WEBP"),
        ("TIFF of three pages", "TIFF"),
    ):
        yield Probe(name, saved(first, kind, save_all=True, append_images=others))
