"""Probes of file formats, of how they store a picture, and of how it is turned."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from lib.probes.motif import Motif
from lib.probes.probe import Probe, saved

ORIENTATION = 0x0112  # the EXIF tag
# Pillow's names of formats that photos come in, an old one or a rare one included.
FORMATS = (
    "AVIF", "BMP", "DDS", "GIF", "ICO", "JPEG", "JPEG2000", "MPO", "PCX", "PNG", "PPM", "QOI", "SGI", "TGA", "TIFF", "WEBP",
)  # fmt: skip


def probes(motif: Motif) -> Iterator[Probe]:
    """The eight orientations, every format, and the ways to store a picture in one."""
    picture = motif.picture()
    for orientation in range(1, 9):
        yield Probe(f"EXIF orientation {orientation}", saved(picture, "JPEG", exif=exif(orientation)))
    for kind in ("PNG", "WEBP", "TIFF"):
        yield Probe(f"EXIF orientation in {kind}", saved(picture, kind, exif=exif(6)))
    for kind in FORMATS:
        if kind in Image.SAVE:
            several = {"save_all": True, "append_images": [motif.picture(number=1)]} if kind == "MPO" else {}
            yield Probe(kind, saved(picture, kind, **several))
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
