"""Probes of pixel modes, bit depths, transparency and colour spaces."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from lib.probes.motif import HEIGHT, WIDTH, Motif
from lib.probes.probe import Probe, saved

_ADOBE = b"Adobe"  # begins the JPEG segment whose last byte says how colours are stored
_TRANSFORM = 11  # that byte's place after the name's first one
_MADE = 24  # place of the time in an ICC profile's header
_TAGS, _HASH = 128, 84  # places of the count of tags and of the profile's own hash
_P3 = {b"rXYZ": (0.51512, 0.24120, -0.00105), b"gXYZ": (0.29198, 0.69225, 0.04189), b"bXYZ": (0.15710, 0.06657, 0.78407)}
YCCK = 2  # three colours as YCC, and black


def probes(motif: Motif) -> Iterator[Probe]:
    """Every mode that a photo comes in."""
    picture = motif.picture()
    grey, alpha = picture.convert("L"), _slope()
    clear = picture.copy()
    clear.putalpha(alpha)
    grey_clear = grey.copy()
    grey_clear.putalpha(alpha)
    yield Probe("grey PNG", saved(grey, "PNG"))
    yield Probe("grey JPEG", saved(grey, "JPEG"))
    yield Probe("grey with alpha", saved(grey_clear, "PNG"))
    for kind in ("PNG", "WEBP", "TIFF", "BMP"):
        yield Probe(f"alpha, {kind}", saved(clear, kind, **({"lossless": True} if kind == "WEBP" else {})))
    palette = picture.quantize(64)
    yield Probe("palette, PNG", saved(palette, "PNG"))
    yield Probe("palette, BMP", saved(palette, "BMP"))
    yield Probe("palette, TIFF", saved(palette, "TIFF"))
    yield Probe("palette of four bits", saved(picture.quantize(16), "PNG"))
    for kind in ("PNG", "GIF"):
        yield Probe(f"palette with transparency, {kind}", saved(palette, kind, transparency=7))
    yield Probe("palette with alpha", saved(clear.quantize(64, method=Image.Quantize.FASTOCTREE), "PNG"))
    yield Probe("transparent colour, RGB", saved(picture, "PNG", transparency=picture.getpixel((40, 40))))
    yield Probe("transparent colour, grey", saved(grey, "PNG", transparency=grey.getpixel((40, 40))))
    for kind in ("PNG", "TIFF"):
        yield Probe(f"one bit, {kind}", saved(picture.convert("1"), kind))
    yield Probe("16 bits a channel", _sixteen(picture, "png"))
    yield Probe("16 bits a channel, TIFF", _sixteen(picture, "tiff"))
    ink = _printed(picture)
    yield Probe("CMYK JPEG", saved(ink, "JPEG", quality=90))
    yield Probe("CMYK TIFF", saved(ink, "TIFF"))
    yield Probe("YCCK JPEG", ycck(saved(ink, "JPEG", quality=90)))
    profile = swapped_profile()
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        yield Probe(f"ICC profile, {kind}", saved(picture, kind, icc_profile=profile))
    gamma = PngInfo()
    gamma.add(b"gAMA", (100000).to_bytes(4, "big"))  # in 1/100000: the samples are linear
    yield Probe("gamma chunk", saved(picture, "PNG", pnginfo=gamma))


def ycck(cmyk: bytes) -> bytes:
    """A CMYK JPEG, taken for one that stores YCCK: a valid file with other colours. Pillow writes none itself.

    Source: Adobe's technical note 5116, "Supporting the DCT Filters in PostScript Level 2": the marker's transform byte.
    """
    data = bytearray(cmyk)
    data[data.index(_ADOBE) + _TRANSFORM] = YCCK
    return bytes(data)


def srgb_profile() -> bytes:
    """Pillow's own ICC profile of sRGB, as of one fixed day."""
    data = bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    return data[:_MADE] + struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + data[_MADE + 12 :]  # else it is another each second


def display_p3_profile() -> bytes:
    """An ICC profile of Display P3, as phones write it: sRGB's with other primaries.

    Source: their XYZ adapted to D50, in s15Fixed16 (ICC.1:2022, 4.6 and 9.2.44 to 9.2.46), of SMPTE EG 432-1.
    """
    data = bytearray(srgb_profile())
    for i in range(struct.unpack_from(">I", data, _TAGS)[0]):
        name, place = struct.unpack_from(">4sI", data, _TAGS + 4 + 12 * i)
        if name in _P3:
            struct.pack_into(">3i", data, place + 8, *(round(each * 2**16) for each in _P3[name]))
    data[_HASH : _HASH + 16] = bytes(16)  # of what it was
    return bytes(data)


def swapped_profile() -> bytes:
    """An ICC profile whose red and blue have changed places: whoever applies it gets other colours, as from a wide gamut.

    It is sRGB's with the names of two of its tags exchanged (ICC.1:2022, 9.2.44 to 9.2.46), and says another name of itself:
    there are services that pass over whatever calls itself sRGB.
    """
    data = srgb_profile()
    for before, after in ((b"rXYZ", b"tmp."), (b"bXYZ", b"rXYZ"), (b"tmp.", b"bXYZ")):
        data = data.replace(before, after, 1)
    return data.replace("sRGB built-in".encode("utf-16-be"), "red-blue swap".encode("utf-16-be"))


def _printed(picture: Image.Image) -> Image.Image:
    """A picture in CMYK, half of its grey in black ink; Pillow's own conversion leaves the black plate empty."""
    inks = 255 - np.asarray(picture)
    black = inks.min(axis=2, keepdims=True) // 2
    plates = np.concatenate([inks - black, black], axis=2)
    return Image.frombytes("CMYK", picture.size, plates.tobytes())


def _slope() -> Image.Image:
    """From clear to opaque, left to right."""
    return Image.fromarray(np.tile(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, 1)))


def _sixteen(picture: Image.Image, ending: str) -> bytes:
    """A file of 16 bits a channel, which Pillow reads and does not write; the lower bits are not the upper ones again."""
    levels = np.asarray(picture)[:, :, ::-1].astype(np.uint16) * 256 + 200
    written, data = cv2.imencode(f".{ending}", levels)
    assert written
    return data.tobytes()
