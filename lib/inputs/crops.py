"""Parts cut out of photos at random: many pictures for a run that was given few."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from lib import cache
from lib.deploy.stages import decode
from lib.inputs.photos import Photo
from lib.inputs.reading import sha256

VERSION = 1  # of how crops are drawn: another one makes other folders

# The share of the photo's pixels, and width by height. The crops that networks are commonly trained on have these same shapes
# and 0.08 of the pixels or more (Szegedy et al. 2015, "Going deeper with convolutions"): of an answer to a crop of less than a
# quarter little is to be learned, as it rarely shows what the photo is of.
LEAST_AREA = 0.25
SHAPES = (3 / 4, 4 / 3)

LONGEST = 50  # characters of a photo's name in that of its folder


def made(photos: Sequence[Photo], count: int, seed: int) -> Path:
    """A folder with crops, made once and kept in the cache.

    It has a subfolder for each photo, as ``01-coffee``, and in it ``count`` PNG files, whose pixels are the photo's own:
    upright, never scaled. Where a crop lies and how large it is depends on the photo's size and place in the row and on the
    seed: more photos or more crops of each leave the first ones as they are.

    Args:
        photos: of which to cut.
        count: crops of each.
        seed: 0 or more.

    Raises:
        BadInput: a photo cannot be read any more, or the folder cannot be made.
    """
    given = [VERSION, count, seed, [[photo.name, photo.sha256] for photo in photos]]
    folder = cache.directory() / "crops" / sha256(json.dumps(given).encode())[:12]
    with cache.making(folder) as scratch:
        if scratch is not None:
            for number, photo in enumerate(photos, start=1):
                _cut(photo, scratch / _name(number, len(photos), photo), count, np.random.default_rng([seed, number]))
    return folder


def size(whole: tuple[int, int], random: np.random.Generator) -> tuple[int, int]:
    """The size of a crop: its shape is drawn first, then its area from what fits.

    Args:
        whole: width and height of the photo in pixels.
        random: that it is drawn from.

    Returns:
        Width and height in pixels, at least 1 and at most those of the photo. Of a photo so long that no crop of a quarter has
        one of :data:`SHAPES`, the largest that has.
    """
    width, height = whole
    shape = np.exp(random.uniform(*np.log(SHAPES)))  # evenly in the logarithm: as often upright as lying
    widest = min(width, height * shape)
    largest = widest * widest / shape / (width * height)  # share of the photo's area
    cut = np.sqrt(random.uniform(min(LEAST_AREA, largest), largest) * width * height * shape)
    return min(width, max(1, round(cut))), min(height, max(1, round(cut / shape)))


def cut_out(picture: Image.Image, size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """A part of this size, in pixels, at a place drawn at random."""
    width, height = size
    left, top = int(random.integers(picture.width - width + 1)), int(random.integers(picture.height - height + 1))
    part = picture.crop((left, top, left + width, top + height))
    return Image.fromarray(np.asarray(part))  # without what the photo's file said beside its pixels, as a colour profile


def _cut(photo: Photo, folder: Path, count: int, random: np.random.Generator) -> None:
    folder.mkdir(parents=True, exist_ok=True)  # a process that was killed may have left it
    picture = decode(photo.data)
    for i in range(1, count + 1):
        # much faster than the best compression, for files that are a little larger
        cut_out(picture, size(picture.size, random), random).save(folder / f"{i:0{len(str(count))}d}.png", compress_level=1)


def _name(number: int, of: int, photo: Photo) -> str:
    """A name that any disk takes, and that sorts as the photos stand."""
    words = re.sub(r"\W+", "-", Path(photo.name).stem).strip("-")[:LONGEST]
    return f"{number:0{max(2, len(str(of)))}d}-{words}".rstrip("-")
