"""Deployments whose stages are right, each given a plain copy of what the one before gave, and wrong in one call."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps

from lib.deploy import Model, Pipeline
from lib.gate.deployed import Planted, factories
from lib.gate.faults.unseen.looks import opened, orientation, turned

_LAZY = 2_000_000  # pixels of a JPEG, from where it is loaded no earlier than it has to be
_START, _LENGTH = 0x201, 0x202  # of a thumbnail, in EXIF
_SRGB = ImageCms.createProfile("sRGB")


def _fault(name: str, change: Callable[[Pipeline], Pipeline]) -> Planted:
    def changed(ours: Pipeline, _: Model) -> Pipeline:
        return change(ours)

    return Planted(name, "behaviour", changed)


def _noted(picture: Image.Image, key: str, value: Any) -> Image.Image:
    picture = picture.copy()
    picture.info[key] = value
    return picture


def _upright_twice(ours: Pipeline) -> Pipeline:
    """The metadata are handed on, since somebody wants the place and the time, and resize heeds them again."""

    def decode(data: bytes) -> Any:
        picture = ours.decode(data)
        exif = opened(data).info.get("exif")
        return _noted(picture, "exif", exif) if exif else picture

    def resize(picture: Any) -> Any:
        return ours.resize(ImageOps.exif_transpose(picture) if isinstance(picture, Image.Image) else picture)

    return replace(ours, decode=decode, resize=resize)


def _on_white(ours: Pipeline) -> Pipeline:
    """The alpha channel goes along with the picture, and resize lays it on white."""

    def decode(data: bytes) -> Any:
        picture = ours.decode(data)
        image = opened(data)
        if not image.has_transparency_data:
            return picture
        alpha = image.convert("RGBA").getchannel("A")
        return _noted(picture, "alpha", alpha if alpha.size == picture.size else turned(alpha, orientation(opened(data))))

    def resize(picture: Any) -> Any:
        if isinstance(picture, Image.Image) and "alpha" in picture.info:
            white = Image.new("RGB", picture.size, "white")
            white.paste(picture, mask=picture.info["alpha"])
            return ours.resize(white)
        return ours.resize(picture)

    return replace(ours, decode=decode, resize=resize)


def _profile_late(ours: Pipeline) -> Pipeline:
    """Colours brought to sRGB right before the network, where the picture still says of which profile it is."""

    def normalise(picture: Any) -> Any:
        profile = picture.info.get("icc_profile") if isinstance(picture, Image.Image) else None
        return ours.normalise(_in_srgb(picture, profile) if profile else picture)

    return replace(ours, normalise=normalise)


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(given):
            return picture
        return ImageCms.profileToProfile(picture, given, _SRGB, outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError):  # a damaged profile, or one of another kind of colours
        return picture


def _strides_not_heeded(ours: Pipeline) -> Pipeline:
    """Grey is given as a view with each level three times, and resize reads the memory that lies below."""

    def decode(data: bytes) -> Any:
        picture = ours.decode(data)
        if opened(data).mode != "L":
            return picture
        grey = np.asarray(picture)[..., 0].copy()
        return np.broadcast_to(grey[..., None], (*grey.shape, 3))

    def resize(picture: Any) -> Any:
        if isinstance(picture, np.ndarray) and not picture.strides[-1]:
            return ours.resize(np.resize(picture[..., 0], picture.shape))
        return ours.resize(picture)

    return replace(ours, decode=decode, resize=resize)


def _from_thumbnail(ours: Pipeline) -> Pipeline:
    """Resize starts from the small picture that a camera puts into its files, where one comes along."""

    def decode(data: bytes) -> Any:
        picture = ours.decode(data)
        small = _thumbnail(data)
        return _noted(picture, "thumbnail", small) if small else picture

    def resize(picture: Any) -> Any:
        small = picture.info.get("thumbnail") if isinstance(picture, Image.Image) else None
        return ours.resize(small or picture)

    return replace(ours, decode=decode, resize=resize)


def _thumbnail(data: bytes) -> Image.Image | None:
    image = opened(data)
    exif = image.info.get("exif", b"").removeprefix(b"Exif\0\0")
    try:
        said = image.getexif().get_ifd(ExifTags.IFD.IFD1)
        if _START not in said or _LENGTH not in said:
            return None
        small = Image.open(io.BytesIO(exif[said[_START] : said[_START] + said[_LENGTH]]), formats=("JPEG",))
        return turned(small.convert("RGB"), orientation(image))
    except Exception:  # on damaged EXIF Pillow raises nearly anything
        return None


def _lazy(ours: Pipeline, model: Model) -> Pipeline:
    """A JPEG that is not loaded yet is read as a thumbnail, which is quick, and too small."""
    side = max(1, model.contract.size // 2)

    def decode(data: bytes) -> Any:
        picture = ours.decode(data)
        image = opened(data)
        plain = image.format == "JPEG" and image.mode == "RGB" and orientation(image) == 1
        return image if plain and image.width * image.height > _LAZY else picture

    def resize(picture: Any) -> Any:
        if getattr(picture, "tile", None):
            picture.thumbnail((side, side))
        return ours.resize(picture)

    return replace(ours, decode=decode, resize=resize)


PLANTED: tuple[Planted, ...] = (
    _fault("EXIF handed on and heeded once more", _upright_twice),
    _fault("the alpha channel handed on and laid on white", _on_white),
    _fault("the colour profile heeded right before the network", _profile_late),
    _fault("grey handed on as a view, whose strides nobody heeds", _strides_not_heeded),
    _fault("a camera's thumbnail handed on and resized", _from_thumbnail),
    Planted("a lazy JPEG shrunk on its way to be resized", "behaviour", _lazy),
)

__getattr__ = factories(PLANTED)
