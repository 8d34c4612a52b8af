"""Files of one format, or stored in one way, that come out as another picture."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import get_sampling

from lib.gate.faults.decode.reading import of_files, of_format


def _exchanged(image: Image.Image) -> Any:
    return np.asarray(image.convert("RGB"))[:, :, ::-1]


def _upside_down(image: Image.Image) -> Image.Image:
    return ImageOps.flip(image.convert("RGB"))


def _grey(image: Image.Image) -> Image.Image:
    return image.convert("L").convert("RGB")


def _saved_again(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=95)
    return Image.open(buffer)


def frame(number: int) -> Callable[[Any], Image.Image]:
    """One of a file's frames; -1 is the last."""

    def wrong(image: Any) -> Image.Image:
        image.seek(number % image.n_frames)
        picture: Image.Image = image.convert("RGB")
        return picture

    return wrong


def several(image: Image.Image) -> bool:
    """Files of several frames."""
    return getattr(image, "n_frames", 1) > 1


def progressive(image: Image.Image) -> bool:
    """JPEGs that come in several scans."""
    return "progressive" in image.info


def first_pass(image: Image.Image) -> Image.Image:
    """What the first scan of a progressive JPEG gives: the mean of each block of 8 pixels."""
    return image.convert("RGB").reduce(8).resize(image.size, Image.Resampling.NEAREST)


def _sampled(sampling: int) -> Callable[[Image.Image], bool]:
    """JPEGs of one sampling, as :func:`get_sampling` numbers it."""
    return lambda image: image.format == "JPEG" and image.mode == "RGB" and get_sampling(image) == sampling


def _repeated(across: int, down: int) -> Callable[[Image.Image], Image.Image]:
    """Colours of a coarser grid repeated, where libjpeg goes smoothly from one to the next."""

    def wrong(image: Image.Image) -> Image.Image:
        light, *colours = ImageOps.exif_transpose(image).convert("YCbCr").split()
        coarse = [each.reduce((across, down)).resize(each.size, Image.Resampling.NEAREST) for each in colours]
        return Image.merge("YCbCr", (light, *coarse)).convert("RGB")

    return wrong


def _stored_as_rgb(image: Image.Image) -> bool:
    return image.format == "JPEG" and image.mode == "RGB" and image.info.get("adobe_transform") == 0


def _as_ycc(image: Image.Image) -> Image.Image:
    return Image.merge("YCbCr", image.split()).convert("RGB")


def _compressed(compression: str) -> Callable[[Image.Image], bool]:
    return lambda image: image.format == "TIFF" and image.info.get("compression") == compression


def _sizes_halved(image: Image.Image) -> Image.Image:
    """JPEG's draft mode: libjpeg makes less than it could, in a fraction of the time."""
    image.draft("RGB", (image.width // 2, image.height // 2))
    return image.convert("RGB")


PLANTED = (
    of_files("the last frame in place of the first", several, frame(-1), "several frames"),
    of_files("the second frame of animations", several, frame(1), "several frames"),
    of_files(
        "the last page of a TIFF", lambda image: image.format == "TIFF" and several(image), frame(-1), "TIFF of three pages"
    ),
    of_files("GIF in grey", of_format("GIF"), _grey, "file format GIF"),
    of_files("BMP upside down", of_format("BMP"), _upside_down, "file format BMP"),
    of_files("TGA upside down", of_format("TGA"), _upside_down, "file format TGA"),
    of_files("TIFF upside down", of_format("TIFF"), _upside_down, "file format TIFF"),
    of_files("WebP with red and blue exchanged", of_format("WEBP"), _exchanged, "file format WEBP"),
    of_files("AVIF saved as JPEG on the way", of_format("AVIF"), _saved_again, "file format AVIF"),
    of_files("lossless WebP and PNG saved as JPEG on the way", of_format("PNG", "WEBP"), _saved_again, "file format WEBP"),
    of_files("progressive JPEG after its first pass", progressive, first_pass, "progressive JPEG"),
    of_files("colours of 4:2:0 JPEG repeated", _sampled(2), _repeated(2, 2), "JPEG 4:2:0"),
    of_files("colours of 4:2:2 JPEG repeated", _sampled(1), _repeated(2, 1), "JPEG 4:2:2"),
    of_files("JPEG stored as RGB taken for YCC", _stored_as_rgb, _as_ycc, "JPEG stored as RGB"),
    of_files("TIFF compressed as JPEG taken for YCC", _compressed("jpeg"), _as_ycc, "TIFF, jpeg"),
    of_files(
        "large JPEG in draft mode",
        lambda image: image.format == "JPEG" and max(image.size) > 2000,
        _sizes_halved,
        "a side above 4,000 pixels",
    ),
)
