"""Formats of pictures: the one list of those that are read, and those that people have and that are not."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass

from PIL import TiffImagePlugin

HEAD = 512  # bytes of a file by which its format is told


@dataclass(frozen=True)
class Format:
    """How files of a format are told.

    Attributes:
        suffixes: that their names end in, in lower case.
        begins: how they begin; None where a file of another kind may begin so too, and only the name tells.
    """

    suffixes: tuple[str, ...]
    begins: re.Pattern[bytes] | None = None


def _begins(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


# By Pillow's names and in the order in which Pillow tries them. Of the others EPS and WMF start a program or ask the system to
# draw, BUFR, GRIB, HDF5 and MPEG are known and not read, and the rest are of science and of museums: each reader that is not
# needed is one more that a hostile file can be written for.
READ = {
    "BMP": Format((".bmp",), _begins(rb"BM.{4}\0{4}")),
    "DIB": Format((".dib",)),
    "GIF": Format((".gif",), _begins(rb"GIF8[79]a")),
    "JPEG": Format((".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"), _begins(rb"\xff\xd8\xff")),
    "PPM": Format((".ppm", ".pgm", ".pbm", ".pnm", ".pfm"), _begins(rb"P[1-6]\s+(#[^\n]*\n\s*)*\d+\s+\d+\s")),
    "PNG": Format((".png", ".apng"), _begins(rb"\x89PNG\r\n\x1a\n")),
    "AVIF": Format((".avif", ".avifs"), _begins(rb".{4}ftyp(avi[fs]|m[is]f1.{4}(.{4})*?avi[fs])")),
    "BLP": Format((".blp",), _begins(rb"BLP[12]")),
    "PCX": Format((".pcx",), _begins(rb"\n[\0\2\3\5][\0\x01][\x01\2\4\x08]")),
    "DDS": Format((".dds",), _begins(rb"DDS \x7c\0\0\0")),
    "JPEG2000": Format(
        (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"), _begins(rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  \r\n\x87\n")
    ),
    "ICNS": Format((".icns",), _begins(rb"icns")),
    "ICO": Format((".ico",), _begins(rb"\0\0\x01\0[^\0]\0")),
    "TIFF": Format((".tif", ".tiff"), _begins(rb"II[\x2a\x2b]\0|MM\0[\x2a\x2b]")),
    "PSD": Format((".psd",), _begins(rb"8BPS\0\x01")),
    "QOI": Format((".qoi",), _begins(rb"qoif")),
    "SGI": Format((".sgi", ".rgb", ".rgba", ".bw"), _begins(rb"\x01\xda[\0\x01][\x01\2]\0[\x01-\3]")),
    "TGA": Format((".tga", ".icb", ".vda", ".vst")),
    "WEBP": Format((".webp",), _begins(rb"RIFF.{4}WEBP")),
}
# By the names that people have for them.
NOT_READ = {
    "HEIC": Format((".heic", ".heif", ".hif"), _begins(rb".{4}ftyp(he[iv][cxms]|m[is]f1)")),
    "JPEG XL": Format((".jxl",), _begins(rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n")),
    "JPEG XR": Format((".jxr", ".wdp", ".hdp"), _begins(rb"II\xbc[\0\x01]")),
    "a camera's raw file": Format(
        (".cr3", ".raf", ".orf", ".rw2", ".x3f"), _begins(rb".{4}ftypcrx |FUJIFILMCCD-RAW|IIR[OS]|MMOR|IIU\0|FOVb")
    ),
    "SVG": Format((".svg",), _begins(rb"\s*(<\?xml.*)?<svg[\s>]")),
    "EPS": Format((".eps",), _begins(rb"%!PS-Adobe-[0-9.]+ EPSF|\xc5\xd0\xd3\xc6")),
    "a Windows metafile": Format((".wmf", ".emf"), _begins(rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF")),
    "OpenEXR": Format((".exr",), _begins(rb"v/1\x01")),
    "Radiance HDR": Format((".hdr",), _begins(rb"#\?(RADIANCE|RGBE)")),
    "GIMP's XCF": Format((".xcf",), _begins(rb"gimp xcf")),
}
SUFFIXES = tuple(sorted(suffix for each in READ.values() for suffix in each.suffixes))
_PICTURES = (*SUFFIXES, *(suffix for each in NOT_READ.values() for suffix in each.suffixes))
# What a TIFF says of its colours (TIFF 6.0, Photometric Interpretation).
_TIFF_COLOURS = {
    0: "grey", 1: "grey", 2: "RGB", 3: "palette", 4: "mask", 5: "CMYK", 6: "YCbCr", 8: "LAB", 9: "ICC LAB", 10: "ITU LAB",
}  # fmt: skip


def named_as_picture(name: str) -> bool:
    """Whether the name of a file ends as those of pictures do, read or not."""
    return name.lower().endswith(_PICTURES)


def begins_as_picture(head: bytes) -> bool:
    """Whether a file that begins so, with up to :data:`HEAD` bytes, is a picture in one of these formats, read or not."""
    return any(_found(formats, head) for formats in (READ, NOT_READ))


def why_not_read(data: bytes) -> str:
    """Why Pillow cannot tell what the picture in these bytes is, in half a sentence.

    Args:
        data: the whole file, which none of the readers of :data:`READ` took.
    """
    if kind := _found(READ, data[:HEAD]):
        variant = f" ({said})" if kind == "TIFF" and (said := _tiff(data)) else ""
        return (
            f"begins as {kind} does and cannot be read: it is damaged, or of a variant that is not read{variant}; "
            "convert the photo to an RGB JPEG or PNG of 8 bits a channel"
        )
    if kind := _found(NOT_READ, data[:HEAD]):
        return f"{kind} is not read; convert the photo to JPEG"
    return f"not an image in a format that is read here ({', '.join(READ)})"


def _found(formats: dict[str, Format], head: bytes) -> str:
    return next((name for name, each in formats.items() if each.begins and each.begins.match(head)), "")


def _tiff(data: bytes) -> str:
    """The colours and depths of a TIFF, as in ``mode LAB, 16 bits a channel``; empty where it does not say."""
    with contextlib.suppress(Exception):  # on damaged bytes Pillow's readers raise nearly anything
        directory = TiffImagePlugin.ImageFileDirectory_v2(data[: 16 if 43 in data[2:4] else 8])  # a BigTIFF's is longer
        file = io.BytesIO(data)
        file.seek(directory.next)
        directory.load(file)
        depths, colours = directory[TiffImagePlugin.BITSPERSAMPLE], directory[TiffImagePlugin.PHOTOMETRIC_INTERPRETATION]
        bits = "/".join(str(each) for each in sorted(set(depths)))
        return f"mode {_TIFF_COLOURS.get(colours, colours)}, {len(depths)} × {bits} bits"
    return ""
