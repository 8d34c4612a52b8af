"""Deployments whose stages are right each by itself, and wrong one after the other."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps

from lib.deploy import Model, Pipeline
from lib.deploy.stages import preprocessing
from lib.gate.deployed import Planted, factories
from lib.gate.faults.realistic.sniff import as_image, opened, orientation

FLIPPED = {2: (1,), 3: (0, 1), 4: (0,)}  # axes, by EXIF orientation


def _lazy(ours: Pipeline, model: Model) -> Pipeline:
    """Decode leaves the reading of JPEG to whoever needs pixels, and resize reads as few of them as it can do with."""
    target = preprocessing(model.contract)[0].target

    def decode(data: bytes) -> Any:
        right = ours.decode(data)
        image = opened(data)
        return image if image.format == "JPEG" and image.mode == "RGB" and orientation(image) == 1 else right

    def resize(picture: Any) -> Any:
        if isinstance(picture, Image.Image):
            width, height = target(*picture.size)
            picture.draft("RGB", (width // 2, height // 2))  # nothing where the pixels were read already
        return ours.resize(picture)

    return replace(ours, decode=decode, resize=resize)


def _alpha_again(ours: Pipeline, _: Model) -> Pipeline:
    """Decode keeps alpha with the picture that has none, and resize lays it onto white."""

    def decode(data: bytes) -> Any:
        picture = ours.decode(data)
        image = opened(data)
        if image.mode in ("RGBA", "LA"):
            image.load()
            picture.info["alpha"] = ImageOps.exif_transpose(image).getchannel("A")
        return picture

    def resize(picture: Any) -> Any:
        alpha = picture.info.get("alpha") if isinstance(picture, Image.Image) else None
        if alpha is None:
            return ours.resize(picture)
        return ours.resize(Image.composite(picture, Image.new("RGB", picture.size, "white"), alpha))

    return replace(ours, decode=decode, resize=resize)


def _turned_again(ours: Pipeline, _: Model) -> Pipeline:
    """Decode turns the photo and keeps its EXIF data, and resize turns what says so."""

    def decode(data: bytes) -> Any:
        picture = ours.decode(data)
        image = opened(data)
        if orientation(image) == 1 or "exif" not in image.info:
            return picture
        upright = Image.fromarray(np.asarray(picture))
        upright.info["exif"] = image.info["exif"]
        return upright

    def resize(picture: Any) -> Any:
        return ours.resize(ImageOps.exif_transpose(picture) if isinstance(picture, Image.Image) else picture)

    return replace(ours, decode=decode, resize=resize)


def _view(ours: Pipeline, _: Model) -> Pipeline:
    """Decode turns some photos by a view of what lies in memory, and resize takes what lies there."""

    def decode(data: bytes) -> Any:
        picture = ours.decode(data)
        axes = FLIPPED.get(orientation(opened(data)))
        return np.flip(np.flip(np.asarray(picture), axes).copy(), axes) if axes else picture

    def resize(picture: Any) -> Any:
        if isinstance(picture, np.ndarray) and not picture.flags.c_contiguous:
            base: Any = picture.base
            picture = base if isinstance(base, np.ndarray) and base.shape == picture.shape else picture.copy()
        return ours.resize(picture)

    return replace(ours, decode=decode, resize=resize)


def _profile_later(ours: Pipeline, _: Model) -> Pipeline:
    """Profiles, which resize hands on with the picture, are applied in normalise."""

    def normalise(picture: Any) -> Any:
        profile = picture.info.get("icc_profile") if isinstance(picture, Image.Image) else None
        if not profile:
            return ours.normalise(picture)
        try:
            embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ours.normalise(ImageCms.profileToProfile(picture, embedded, ImageCms.createProfile("sRGB")))
        except (OSError, ImageCms.PyCMSError):  # no profile of RGB pictures
            return ours.normalise(picture)

    return replace(ours, normalise=normalise)


def _last_size(ours: Pipeline, _: Model) -> Pipeline:
    """Decode notes how large the photo is, and resize goes by the note; right for one photo after the other."""
    noted: list[tuple[int, int]] = []
    lock = threading.Lock()

    def decode(data: bytes) -> Any:
        picture = ours.decode(data)
        with lock:
            noted[:] = [picture.size]
        return picture

    def resize(picture: Any) -> Any:
        image = as_image(picture)
        with lock:
            size = noted.pop() if noted else image.size
        return ours.resize(image if image.size == size else image.resize(size))

    return replace(ours, decode=decode, resize=resize)


PLANTED: tuple[Planted, ...] = (
    Planted("a JPEG read by resize, in draft mode, where nobody read it before", "behaviour", _lazy),
    Planted("alpha that decode kept laid onto white in resize", "behaviour", _alpha_again),
    Planted("photos turned a second time in resize", "behaviour", _turned_again),
    Planted("photos that decode turned as a view resized as they lie in memory", "behaviour", _view),
    Planted("colour profiles applied in normalise", "behaviour", _profile_later),
    Planted("a photo resized by the size of the one decoded last", "behaviour", _last_size),
)

__getattr__ = factories(PLANTED)
