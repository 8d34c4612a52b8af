"""The photos a run looks at."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.deploy import BadInput, BadPhoto, Contract, Domain, files, photo_files
from lib.deploy.errors import printable
from lib.deploy.photo_files import Named
from lib.deploy.stages import FORMATS, Normalise, Resize, decode, preprocessing
from lib.inputs.reading import read_bytes, sha256

# Photos that arrive inside packages, by the folder that holds them: landscape, portrait and square, JPEG and PNG, one grey.
# coffee.png comes first: it has the 600 x 400 pixels of the article's photo.
BUNDLED = (
    ("skimage", "data/coffee.png"),
    ("skimage", "data/chelsea.png"),
    ("skimage", "data/rocket.jpg"),
    ("skimage", "data/motorcycle_left.png"),
    ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
    ("skimage", "data/astronaut.png"),
    ("skimage", "data/camera.png"),
)


@dataclass(frozen=True)
class Photo:
    """One photo.

    Attributes:
        name: file name, made printable.
        size: width and height in pixels, upright.
        kind: file format and pixel mode, as in ``JPEG RGB``.
        sha256: of the file.
        source: the file, or its bytes where there is none.
    """

    name: str
    size: tuple[int, int]
    kind: str
    sha256: str
    source: Path | bytes

    @classmethod
    def of(cls, name: str, data: bytes, source: Path | None = None) -> Photo:
        """A photo from its bytes, which are kept only where no file holds them.

        Raises:
            BadPhoto: as :func:`lib.deploy.stages.decode`.
        """
        upright = decode(data)
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            kind = f"{image.format} {image.mode}"
        return cls(name, upright.size, kind, sha256(data), source or data)

    @property
    def data(self) -> bytes:
        """The file's bytes, read anew each time: a run must not hold a thousand photos.

        Raises:
            BadInput: the file cannot be read any more, or is another one by now.
        """
        if isinstance(self.source, bytes):
            return self.source
        data = read_bytes(self.source, "photo", files.PHOTO)
        if sha256(data) != self.sha256:
            raise BadInput(f"photo {self.source}: was changed since the run began; start again")
        return data


@dataclass(frozen=True)
class Photos:
    """What a path gave: the photos that can be read, and those that cannot.

    Attributes:
        readable: at least one photo.
        unreadable: file name and reason of each picture that could not be decoded, or is of a shape that cannot be used.
        others: names of the folder's files that are no pictures.
    """

    readable: tuple[Photo, ...]
    unreadable: tuple[tuple[str, str], ...]
    others: tuple[str, ...] = ()


def load(path: str = "") -> Photos:
    """Read a photo, the photos of a folder (not of its subfolders), or the bundled ones where ``path`` is empty.

    In a folder, files are taken as :func:`lib.deploy.photo_files.named` says.

    Raises:
        BadInput: the path does not exist, holds no photo, or holds none that can be decoded.
    """
    found = photo_files.named(path) if path else Named(tuple(_package_folder(package) / name for package, name in BUNDLED))
    readable, unreadable = [], []
    for file in found.photos:
        name = printable(file.name)
        try:
            readable.append(Photo.of(name, read_bytes(file, "photo", files.PHOTO), file))
        except BadInput as error:
            unreadable.append((name, str(error)))
    if not readable:
        name, reason = unreadable[0]
        others = f" (and {len(unreadable) - 1} more like it)" if len(unreadable) > 1 else ""
        raise BadInput(f"photos {path}: no photo can be read: {name}: {reason}{others}")
    return Photos(tuple(readable), tuple(unreadable), found.others)


def within(photos: Photos, contract: Contract, domain: Domain) -> Photos:
    """The photos without those that would be fed to the network at a size outside of its domain: these are left out.

    Raises:
        BadInput: no photo remains.
    """
    resize = preprocessing(contract)[0]
    kept, left_out = [], list(photos.unreadable)
    for photo in photos.readable:
        try:
            domain.require(*resize.fed(*photo.size))
        except BadPhoto as error:
            left_out.append((photo.name, str(error)))
        else:
            kept.append(photo)
    if not kept:
        raise BadInput(f"photos: none can be used: {left_out[-1][0]}: {left_out[-1][1]}")
    return Photos(tuple(kept), tuple(left_out), photos.others)


def square_batch(photos: Sequence[Photo], contract: Contract) -> NDArray[np.float32]:
    """The central squares of several photos in one batch, otherwise prepared as ``contract`` says.

    Returns:
        float32 (photos, 3, side, side), side being what the contract crops or scales to.
    """
    side = contract.crop or contract.size
    resize = Resize(side, "shorter-side-crop", contract.filter, side)
    normalise = Normalise(contract.mean, contract.std)
    return np.concatenate([normalise(resize(decode(photo.data))) for photo in photos])


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise BadInput(f"photos: package {package}, which brings bundled photos, is not installed; run 'make' again")
    return Path(spec.origin).parent
