"""Pixel modes, transparency, bit depths and colour spaces taken for something else."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from lib.deploy.stages import decode
from lib.gate.deployed import Planted, stage
from lib.gate.faults.decode.reading import of_files, opened

COLOUR = 2  # the colour type in a PNG's header that stands for red, green and blue


def onto(level: int) -> Callable[[Image.Image], Image.Image]:
    """A picture laid onto black, grey or white, where decode leaves transparency out."""

    def wrong(image: Image.Image) -> Image.Image:
        clear = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, (level, level, level, 255)), clear).convert("RGB")

    return wrong


def of_mode(*modes: str) -> Callable[[Image.Image], bool]:
    """Files of some of Pillow's modes."""
    return lambda image: image.mode in modes


def _indices(image: Image.Image) -> Any:
    return np.repeat(np.asarray(image)[:, :, None], 3, axis=2)


def _four_bits(image: Image.Image) -> bool:
    return image.format == "PNG" and image.mode == "P" and int(np.asarray(image).max()) < 16


def _pairs_exchanged(image: Image.Image) -> Any:
    """The two pixels of a byte in the wrong order."""
    pixels = np.asarray(image.convert("RGB")).copy()
    even = image.width // 2 * 2
    pixels[:, :even] = pixels[:, :even].reshape(image.height, -1, 2, 3)[:, :, ::-1].reshape(image.height, even, 3)
    return pixels


def clear_palette(image: Image.Image) -> bool:
    """Palettes some of whose colours are transparent."""
    return image.mode == "P" and "transparency" in image.info


def clear_colour(image: Image.Image) -> bool:
    """Files in which one colour stands for transparent."""
    return image.mode in ("L", "RGB") and "transparency" in image.info


def _clear_webp(image: Image.Image) -> bool:
    return image.format == "WEBP" and image.mode == "RGBA"


def zero_and_one(image: Image.Image) -> Any:
    """One bit a pixel, as it is."""
    return _indices(image).astype(np.uint8)


def sixteen(change: Callable[[NDArray[Any]], NDArray[Any]], decode: Callable[[bytes], Any] = decode) -> Any:
    """A decode that makes of a colour PNG of 16 bits a channel what ``change`` makes of its levels, uint16 (H, W, 3).

    Args:
        change: from the levels to whole numbers of 0 to 255.
        decode: what takes all other files.
    """

    def decoder(data: bytes) -> Any:
        other = decode(data)
        if data[1:4] != b"PNG" or data[24:26] != bytes((16, COLOUR)):
            return other
        deep = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))
        return change(deep[:, :, ::-1]).astype(np.uint8)

    return decoder


def low(levels: NDArray[Any]) -> NDArray[Any]:
    """The lower byte."""
    return levels & 255


def _low_of_tiff(data: bytes) -> Any:
    right = decode(data)
    deep = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data[:2] == b"II" else None
    return right if deep is None or deep.dtype != np.uint16 else low(np.asarray(deep)[:, :, ::-1]).astype(np.uint8)


def _rounded(levels: NDArray[Any]) -> NDArray[Any]:
    return np.rint(levels / 257)


def _answered(name: str, holds: Callable[[Image.Image], bool], pixels: Callable[[NDArray[Any]], Any], *words: str) -> Planted:
    """Grey pixels deeper than 8 bits, which have no right answer, answered all the same."""

    def decoder(data: bytes) -> Any:
        try:
            image = opened(data)
        except OSError:
            return decode(data)
        if not holds(image):
            return decode(data)
        return np.repeat(np.asarray(pixels(np.asarray(image))).astype(np.uint8)[:, :, None], 3, axis=2)

    return stage(name, "decode", lambda _: decoder, words)


def _sixteen_grey(image: Image.Image) -> bool:
    return image.mode.startswith("I;16")


def _without_black(image: Image.Image) -> Image.Image:
    return ImageOps.invert(Image.merge("RGB", image.split()[:3]))


def inverted(image: Image.Image) -> Any:
    """Ink for light."""
    return 255 - np.asarray(image.convert("RGB"))


def ycck(image: Image.Image) -> bool:
    """JPEGs of three colours stored as YCC, and black."""
    return image.mode == "CMYK" and image.info.get("adobe_transform") == 2


def without_conversion(image: Image.Image) -> Image.Image:
    """YCC taken for inks."""
    *colours, black = image.split()
    return Image.merge("CMYK", (*Image.merge("RGB", colours).convert("YCbCr").split(), black)).convert("RGB")


def with_profile(kind: str = "") -> Callable[[Image.Image], bool]:
    """RGB files with an ICC profile; of one format, or of all."""
    return lambda image: "icc_profile" in image.info and image.mode == "RGB" and kind in ("", image.format)


def profile_applied(image: Image.Image) -> Any:
    """Colours moved from the embedded profile to sRGB."""
    embedded = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    return ImageCms.profileToProfile(image, embedded, ImageCms.createProfile("sRGB"))


def gamma_applied(image: Image.Image) -> Image.Image:
    """Levels moved from the gamma that a file states to that of screens, 2.2."""
    exponent = 1 / (2.2 * image.info["gamma"])
    return image.convert("RGB").point([round(255 * (level / 255) ** exponent) for level in range(256)] * 3)


def _contrast(image: Image.Image) -> Image.Image:
    return ImageOps.autocontrast(image).convert("RGB")


PLANTED = (
    of_files("alpha dropped onto black", of_mode("RGBA"), onto(0), "alpha"),
    of_files("alpha dropped onto white", of_mode("RGBA"), onto(255), "alpha"),
    of_files("alpha of WebP alone dropped onto white", _clear_webp, onto(255), "alpha, WEBP"),
    of_files("grey with alpha dropped onto black", of_mode("LA"), onto(0), "grey with alpha"),
    of_files("indices of a palette as levels", of_mode("P"), _indices, "palette", "palette with transparency"),
    of_files("palette of four bits with its pixels exchanged in pairs", _four_bits, _pairs_exchanged, "palette of four bits"),
    of_files("palette with transparency laid onto white", clear_palette, onto(255), "palette with transparency"),
    of_files("one transparent colour made white", clear_colour, onto(255), "transparent colour, RGB"),
    of_files("one bit as the levels 0 and 1", of_mode("1"), zero_and_one, "one bit"),
    of_files("grey stretched to full contrast", of_mode("L"), _contrast, "grey PNG"),
    stage("the low byte of 16 bits a channel", "decode", lambda _: sixteen(low), ("16 bits a channel",)),
    stage("the low byte of 16 bits a channel in TIFF", "decode", lambda _: _low_of_tiff, ("16 bits a channel, TIFF",)),
    stage("16 bits a channel rounded, not cut", "decode", lambda _: sixteen(_rounded), ("16 bits a channel",)),
    _answered("grey of 16 bits cut to its low byte", _sixteen_grey, lambda levels: levels & 255, "16 bits, grey PNG"),
    _answered("grey of 16 bits cut to its high byte", _sixteen_grey, lambda levels: levels >> 8, "16 bits, grey TIFF"),
    _answered("floating point answered", of_mode("F"), lambda levels: levels / 256, "32 bits, floating point"),
    of_files("CMYK inverted", of_mode("CMYK"), inverted, "CMYK"),
    of_files("CMYK without its black", of_mode("CMYK"), _without_black, "CMYK"),
    of_files("CMYK in TIFF inverted", lambda image: image.mode == "CMYK" and image.format == "TIFF", inverted, "CMYK TIFF"),
    of_files("YCCK taken for CMYK", ycck, without_conversion, "YCCK"),
    of_files("ICC profile applied", with_profile(), profile_applied, "ICC profile"),
    of_files("ICC profile of PNG alone applied", with_profile("PNG"), profile_applied, "ICC profile, PNG"),
    of_files("gamma chunk applied", lambda image: "gamma" in image.info, gamma_applied, "gamma chunk"),
)
