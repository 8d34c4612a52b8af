"""Small photos with PyTorch's output at every stage, by which an installed package tests itself."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from lib.deploy import STAGES, Pipeline
from lib.deploy.stages import decode
from lib.inputs import photos
from lib.probes.files import ORIENTATION

SIDE = 160  # pixels of the longer one of most: small, since a wheel carries them with all their traces
TALL = 3  # times as high as wide
TURNED = 6  # the EXIF orientation of what is to be turned right by 90 degrees


@dataclass(frozen=True)
class Small:
    """How one of the bundled photos is made small.

    Attributes:
        name: of the small file.
        original: of the bundled photo.
        licence: under which it may be passed on.
    """

    name: str
    original: str
    licence: str


# The photos that their owners gave away, each in another way of being stored. Where from: docstrings of skimage.data.
PHOTOS = (
    Small("coffee.jpg", "coffee.png", "CC0-1.0"),
    Small("astronaut-turned.jpg", "astronaut.png", "public domain (NASA)"),
    Small("chelsea-alpha.png", "chelsea.png", "CC0-1.0"),
    Small("camera-grey.png", "camera.png", "CC0-1.0"),
    Small("rocket-tall.jpg", "rocket.jpg", "public domain (SpaceX)"),
)
LICENCES = {each.name: each.licence for each in PHOTOS}


def small(size: int) -> dict[str, bytes]:
    """The files by name: a JPEG, one whose EXIF data turn it, a PNG with transparency, a grey one, and a tall JPEG.

    The tall one becomes smaller: Pillow 13 and those before it resize such a photo in another order, and differ by a level.

    Args:
        size: what the contract resizes to, in pixels; the tall one is a little wider.
    """
    bundled = {photo.name: photo for photo in photos.load().readable}
    return {each.name: _file(each.name, decode(bundled[each.original].data), size) for each in PHOTOS}


def traces(files: Mapping[str, bytes], reference: Pipeline) -> tuple[bytes, dict[str, int]]:
    """PyTorch's output at every stage.

    Args:
        files: photos by name.
        reference: PyTorch's pipeline.

    Returns:
        A compressed ``.npz`` with an array for each ``photo/stage``, and by photo the index of the likeliest class.
    """
    found = {name: reference.trace(data) for name, data in files.items()}
    arrays = {f"{name}/{stage}": getattr(trace, stage) for name, trace in found.items() for stage in STAGES}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue(), {name: int(trace.score[0].argmax()) for name, trace in found.items()}


def _file(name: str, picture: Image.Image, size: int) -> bytes:
    picture = Image.fromarray(np.asarray(picture))  # without what the photo's own file said beside its pixels
    if "tall" in name:
        width, height = size + 8, TALL * (size + 8)
        wide = picture.height // TALL
        picture = picture.crop(((picture.width - wide) // 2, 0, (picture.width + wide) // 2, picture.height))
        return _saved(name, picture.resize((width, height), Image.Resampling.BICUBIC))
    if "turned" in name:  # upright, and stored lying on its left side
        picture = picture.crop((picture.width // 8, 0, picture.width * 7 // 8, picture.height))
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    picture.thumbnail((SIDE, SIDE))
    if "grey" in name:
        picture = picture.convert("L")
    if "alpha" in name:
        picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return _saved(name, picture)


def _saved(name: str, picture: Image.Image) -> bytes:
    buffer, exif = io.BytesIO(), Image.Exif()
    if "turned" in name:
        exif[ORIENTATION] = TURNED
    picture.save(buffer, "JPEG" if name.endswith(".jpg") else "PNG", exif=exif)
    return buffer.getvalue()
