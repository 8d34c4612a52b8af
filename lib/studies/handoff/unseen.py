"""Photos that no other notebook has looked at."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import skimage
from PIL import Image

from lib.deploy import BadPhoto, Contract, Domain
from lib.deploy.stages import decode, preprocessing
from lib.handoff import Handoff
from lib.inputs.crops import cut_out
from lib.inputs.reading import sha256

# Pictures that arrive with scikit-image and are not among those that a run looks at unasked.
OTHERS = (
    "brick.png", "coins.png", "grass.png", "gravel.png", "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_right.png",
    "page.png", "retina.jpg", "text.png",
)  # fmt: skip
LEAST = 64  # pixels a side of a part that is cut out
LONGEST = 50  # characters of a photo's name in that of its part, which has to be one of a file


def unseen(handoff: Handoff, domain: Domain, parts: int, seed: int) -> dict[str, bytes]:
    """Files by name: other pictures, and parts of the run's photos, cut out at random and saved in turn as PNG and as JPEG.

    Args:
        handoff: whose photos.
        domain: pictures that lead outside of it are left out.
        parts: how many to cut out.
        seed: for where.
    """
    folder = Path(skimage.__file__).parent / "data"
    seen = {photo.sha256 for photo in handoff.photos.readable}
    found = {name: data for name in OTHERS if sha256(data := (folder / name).read_bytes()) not in seen}
    random = np.random.default_rng(seed)
    for i in range(parts):
        photo = handoff.photos.readable[i % len(handoff.photos.readable)]
        name = f"part-{i + 1:02d}-of-{Path(photo.name).stem[:LONGEST]}"
        found |= dict([_saved(name, _part(decode(photo.data), random), jpeg=bool(i % 2))])
    return {name: data for name, data in found.items() if _fits(data, handoff.subject.contract, domain)}


def written(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """The files in a folder."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def _part(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    width, height = (int(random.integers(min(LEAST, side), side, endpoint=True)) for side in picture.size)
    return cut_out(picture, (width, height), random)


def _saved(name: str, picture: Image.Image, jpeg: bool) -> tuple[str, bytes]:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG" if jpeg else "PNG")
    return f"{name}.{'jpg' if jpeg else 'png'}", buffer.getvalue()


def _fits(data: bytes, contract: Contract, domain: Domain) -> bool:
    try:
        domain.require(*preprocessing(contract)[0].fed(*decode(data).size))
    except BadPhoto:
        return False
    return True
