"""Mistakes of decoding and normalisation on a photo, and photos made from it on which each of them shows."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from lib.compare.comparison import stage_differences, top1
from lib.deploy import Trace
from lib.deploy.stages import decode
from lib.handoff import Handoff, without_picture
from lib.mistakes import DECODING, NORMALISATION, Mistake
from lib.inputs.photos import Photo
from lib.compare.shared import Sweep

ORIENTATION = 0x0112  # the EXIF tag
TURNED = 6  # its value for a camera held upright


def turned(photo: Photo) -> Photo:
    """The same picture, stored on its side with the EXIF orientation that says so, as a phone stores it."""
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED
    stored = decode(photo.data).transpose(Image.Transpose.ROTATE_90)
    return _saved(stored, f"{photo.name}, turned by EXIF", "PNG", exif=exif)


def palette(photo: Photo) -> Photo:
    """The picture in 64 colours, stored as a palette with indices."""
    return _saved(decode(photo.data).quantize(64), f"{photo.name}, 64 colours", "PNG")


def large_jpeg(photo: Photo, side: int) -> Photo:
    """The picture as a JPEG whose shorter side is 4.4 times ``side`` pixels, as a camera takes it."""
    image = decode(photo.data)
    factor = 4.4 * side / min(image.size)
    grown = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)
    return _saved(grown, f"{photo.name}, large JPEG", "JPEG", quality=95)


def _saved(image: Image.Image, name: str, kind: str, **options: object) -> Photo:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    data = buffer.getvalue()
    return Photo(name, data, decode(data).size, f"{kind} {image.mode}")


def made_from(photo: Photo, side: int) -> list[Photo]:
    """All of them; ``side`` is the network's, in pixels."""
    return [turned(photo), palette(photo), large_jpeg(photo, side)]


@dataclass(frozen=True)
class Exhibit:
    """One mistake on a photo on which it shows.

    Attributes:
        mistake: the mistake.
        photo: the photo, or one made from it.
        reference: PyTorch's trace, without the decoded picture.
        trace: what PyTorch's pipeline with the mistake in it put out, without the decoded picture.
        first: the first stage whose output differs at all, or None.
        difference: the largest difference there; infinite where the shapes differ.
    """

    mistake: Mistake
    photo: Photo
    reference: Trace
    trace: Trace
    first: str | None
    difference: float

    @property
    def change(self) -> float:
        """By how much the probability of the reference's class changed."""
        target = top1(self.reference.score)
        return float(self.trace.score[0, target] - self.reference.score[0, target])

    @property
    def flipped(self) -> bool:
        """Whether the likeliest class is another."""
        return top1(self.trace.score) != top1(self.reference.score)


def exhibits(handoff: Handoff, photo: Photo) -> list[Exhibit]:
    """Every mistake of decoding and of normalisation, on the photo or on one made from it."""
    contract = handoff.subject.contract
    shown_on = {
        "EXIF ignored": turned(photo),
        "mode unconverted": palette(photo),
        "JPEG draft mode": large_jpeg(photo, contract.crop or contract.size),
    }
    found = []
    for mistake in (*DECODING, *NORMALISATION):
        subject = shown_on.get(mistake.name, photo)
        sweep = Sweep(subject.data)
        reference, trace = (sweep.trace(p) for p in (handoff.reference, mistake.commit(handoff.reference, contract)))
        differing = [d for d in stage_differences(reference, trace) if d.difference > 0]
        first, difference = (differing[0].stage, differing[0].difference) if differing else (None, 0.0)
        found.append(Exhibit(mistake, subject, without_picture(reference), without_picture(trace), first, difference))
    return found
