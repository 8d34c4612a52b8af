"""Mistakes that have no notebook of their own on a photo, and photos made from it on which each of them shows."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lib.compare.comparison import Comparison
from lib.compare.shared import SharedTraces
from lib.compare.trial import Refused, attempt, tried
from lib.compare.view import shown
from lib.deploy import BadPhoto, Contract
from lib.deploy.stages import MOST_PIXELS, decode
from lib.export.exporter import domain
from lib.handoff import Handoff
from lib.inputs.photos import Photo
from lib.mistakes import DECODING, NORMALISATION, PROCESSORS, SHARPENING, TONE, TURNS, Mistake
from lib.mistakes.own import own
from lib.mistakes.shape import side_of
from lib.probes.modes import display_p3_profile

SHOWN = (*DECODING, *PROCESSORS, *TURNS, *TONE, *SHARPENING, *NORMALISATION)
ORIENTATION = 0x0112  # the EXIF tag
ENOUGH = 4_000_000  # pixels of a photo that diagnosis is tried on: with 50 million it would take an hour
LONGEST = 4  # times as long as wide
LANCZOS = Image.Resampling.LANCZOS
TURNED = 6  # its value for a camera held upright


@dataclass(frozen=True)
class Example:
    """One mistake on a photo on which it shows.

    Attributes:
        mistake: the mistake, put into the reference.
        comparison: of the reference and the reference with the mistake in it, on the photo or on one made from it. A mistake
            may be refused: it leads to a size that the file is not right for, or cannot take the photo.
        picture: what the network takes its input for, uint8 (h, w, 3); None where the mistake is refused.
    """

    mistake: Mistake
    comparison: Comparison
    picture: NDArray[np.uint8] | None


def examples(handoff: Handoff, photo: Photo, shared: SharedTraces, made: list[Photo]) -> tuple[Example, ...]:
    """Every mistake of :data:`SHOWN`, on the photo or on one made from it; those that the contract asks for are left out.

    Args:
        handoff: whose reference is changed.
        photo: the photo.
        shared: of the photo.
        made: as :func:`made_from` gives them.
    """
    where: dict[str, tuple[Photo, SharedTraces]] = {}
    for names, each in zip(MADE.values(), made, strict=True):
        where |= dict.fromkeys(names, (each, SharedTraces(each.data)))
    mistakes = [mistake for mistake in SHOWN if mistake.name not in own(handoff.subject.contract)]
    return tuple(_example(handoff, mistake, *where.get(mistake.name, (photo, shared))) for mistake in mistakes)


def _example(handoff: Handoff, mistake: Mistake, photo: Photo, shared: SharedTraces) -> Example:
    contract = handoff.subject.contract
    trace = tried(shared, mistake.commit(handoff.reference, contract), domain(handoff.subject))
    comparison = Comparison.of_tried(photo.name, mistake.name, shared.trace(handoff.reference), trace)
    return Example(mistake, comparison, None if isinstance(trace, Refused) else shown(trace.normalise, contract))


def made_from(photo: Photo, contract: Contract) -> list[Photo]:
    """A photo for each of :data:`MADE`, with the same motif; the photo itself where that would have too many pixels."""
    made = [attempt(partial(make, photo, contract)) for make in MADE]
    return [photo if isinstance(each, Refused) else each for each in made]


def smaller(photo: Photo) -> Photo:
    """The photo, or a copy of :data:`ENOUGH` pixels where it has more: diagnosis commits thousands of mistakes on it."""
    width, height = photo.size
    if width * height <= ENOUGH:
        return photo
    shorter = int(min(width, height) * math.sqrt(ENOUGH / (width * height)))
    # truncated, so that it is not longer beside its shorter side than the photo is
    size = width * shorter // min(width, height), height * shorter // min(width, height)
    kind = "JPEG" if photo.kind.startswith("JPEG") else "PNG"
    return _saved(decode(photo.data).resize(size, LANCZOS), f"{photo.name}, smaller", kind)


def turned(photo: Photo, contract: Contract) -> Photo:
    """The same picture, stored on its side with the EXIF orientation that says so, as a phone stores it."""
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED
    stored = decode(photo.data).transpose(Image.Transpose.ROTATE_90)
    return _saved(stored, f"{photo.name}, turned by EXIF", "PNG", exif=exif)


def palette(photo: Photo, contract: Contract) -> Photo:
    """The picture in 64 colours, stored as a palette with indices."""
    return _saved(decode(photo.data).quantize(64), f"{photo.name}, 64 colours", "PNG")


def see_through(photo: Photo, contract: Contract) -> Photo:
    """The picture with alpha: opaque in the middle, and fading out towards its corners."""
    image = decode(photo.data)
    fading = ImageOps.invert(Image.radial_gradient("L").resize(image.size))
    image.putalpha(fading.point(lambda level: min(255, 2 * level)))
    return _saved(image, f"{photo.name}, with alpha", "PNG")


def wide_gamut(photo: Photo, contract: Contract) -> Photo:
    """The same numbers with the profile of a wider gamut, as a phone stores a photo."""
    return _saved(decode(photo.data), f"{photo.name}, in Display P3", "PNG", icc_profile=display_p3_profile())


def large_jpeg(photo: Photo, contract: Contract) -> Photo:
    """The picture as a JPEG whose shorter side is 4.4 times what the network was made for, as a camera takes it.

    Of a picture that is longer than a camera's only the middle is taken.

    Raises:
        BadPhoto: it would have more pixels than are decoded.
    """
    image = decode(photo.data)
    width, height = (min(length, LONGEST * min(image.size)) for length in image.size)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    # truncated, so that it is not longer beside its shorter side than the photo is
    size = [length * round(4.4 * side_of(contract)) // min(width, height) for length in (width, height)]
    if size[0] * size[1] > MOST_PIXELS:
        raise BadPhoto(f"{photo.name}: as a large JPEG it would have {size[0]} × {size[1]} pixels")
    grown = image.resize((size[0], size[1]), LANCZOS, (left, top, left + width, top + height))
    return _saved(grown, f"{photo.name}, large JPEG", "JPEG", quality=95)


def _saved(image: Image.Image, name: str, kind: str, **options: object) -> Photo:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return Photo.of(name, buffer.getvalue())


# How to make a photo from another, and the mistakes that show on it and that most photos' own files hide.
MADE: dict[Callable[[Photo, Contract], Photo], tuple[str, ...]] = {
    turned: ("EXIF ignored",),
    palette: ("mode unconverted",),
    see_through: ("premultiplied alpha",),
    wide_gamut: ("colour profile applied",),
    large_jpeg: ("JPEG draft mode", "JPEG shrunk on load"),
}
