"""Mistakes in decoding: bytes to the wrong picture."""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageCms, ImageOps

from lib.deploy import BadInput, Contract
from lib.deploy.stages import decode
from lib.mistakes.mistake import Mistake, always
from lib.mistakes.shape import side_of

REENCODE_QUALITY = 75  # Pillow's default
_SRGB = ImageCms.createProfile("sRGB")


def _exif_ignored(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def _unconverted(data: bytes) -> NDArray[np.uint8]:
    image = Image.open(io.BytesIO(data))
    pixels = np.asarray(image if image.mode != "1" else image.convert("L"))
    # what code that met such a photo in production grows: repeat one channel, drop a fourth
    pixels = pixels if pixels.ndim == 3 else pixels[:, :, None]
    return pixels[:, :, :3] if pixels.shape[2] >= 3 else np.repeat(pixels[:, :, :1], 3, axis=2)


def _draft(contract: Contract) -> Any:
    def draft_decode(data: bytes) -> Image.Image:
        image = Image.open(io.BytesIO(data))
        image.draft("RGB", (contract.size, contract.size))
        return image.convert("RGB")

    return draft_decode


def _shrunk_on_load(contract: Contract) -> Any:
    side = side_of(contract)

    def shrunk_decode(data: bytes) -> Image.Image:
        image = Image.open(io.BytesIO(data))
        factor = _shrink(min(image.size) / side)
        if image.format != "JPEG" or factor == 1:
            return decode(data)
        width, height = image.width // factor, image.height // factor  # a last row or column that is not whole is cut off
        image.draft("RGB", (width, height))
        return ImageOps.exif_transpose(image.convert("RGB").crop((0, 0, width, height)))

    return shrunk_decode


def _shrink(wanted: float) -> int:
    """By how much sharp 0.33 lets libvips shrink a JPEG that is to become ``wanted`` times smaller."""
    factor = max(each for each in (1, 2, 4, 8) if each <= max(1.0, wanted))
    return factor // 2 if factor > 1 and int(wanted) == factor else factor  # it keeps away from libjpeg's roundings


def _opencv(data: bytes) -> NDArray[np.uint8]:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise BadInput("not an image in a format that OpenCV knows")
    return np.ascontiguousarray(pixels[:, :, ::-1], dtype=np.uint8)


def _premultiplied(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    if "A" not in image.getbands() and "transparency" not in image.info:
        return decode(data)
    red, green, blue, alpha = ImageOps.exif_transpose(image.convert("RGBA")).split()
    return Image.merge("RGB", [ImageChops.multiply(channel, alpha) for channel in (red, green, blue)])


def _profile_applied(data: bytes) -> Image.Image:
    picture, profile = decode(data), Image.open(io.BytesIO(data)).info.get("icc_profile")
    if not profile:
        return picture
    try:
        return _to_srgb(picture, profile)
    except ImageCms.PyCMSError:  # a profile of grey or of inks, or none at all
        return picture


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    converted = ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), _SRGB, outputMode="RGB")
    assert converted is not None  # it is None where it works in place
    return converted


def reencoded(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture that was a JPEG on its way, uint8 (h, w, 3) both."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=REENCODE_QUALITY)
    return np.asarray(decode(buffer.getvalue()))


def _reencoded(data: bytes) -> NDArray[np.uint8]:
    return reencoded(np.asarray(decode(data)))


DECODING = (
    Mistake(
        "EXIF ignored",
        "decode",
        'Image.open(path).convert("RGB")',
        "the tutorial's line, and the test photos were never turned",
        always(_exif_ignored),
    ),
    Mistake(
        "mode unconverted",
        "decode",
        "np.asarray(Image.open(path))[..., :3]",
        "every photo of the test set was RGB",
        always(_unconverted),
    ),
    Mistake(
        "premultiplied alpha",
        "decode",
        "CGBitmapContextCreate(…, kCGImageAlphaPremultipliedLast)",
        "drawing libraries keep colours times alpha, and black where nothing is drawn",
        always(_premultiplied),
    ),
    Mistake(
        "colour profile applied",
        "decode",
        'ImageCms.profileToProfile(image, profile, "sRGB")',
        "phones and cameras write Display P3 or Adobe RGB, and browsers and libvips convert it; training ignored it",
        always(_profile_applied),
    ),
    Mistake(
        "JPEG draft mode",
        "decode",
        'image.draft("RGB", (size, size))',
        "decoding at a fraction of the size is several times faster",
        _draft,
    ),
    Mistake(
        "JPEG shrunk on load",
        "decode",
        "sharp(photo).resize(side, side)",
        "sharp and libvips do so unasked with large JPEGs, since it is several times faster",
        _shrunk_on_load,
    ),
    Mistake(
        "OpenCV decode",
        "decode",
        "cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1]",
        "the service has OpenCV already",
        always(_opencv),
    ),
    Mistake(
        "re-encoded JPEG",
        "decode",
        'image.save(buffer, "JPEG")',
        "an upload service or a message queue compressed the photo on its way",
        always(_reencoded),
    ),
)
