"""The model that lies in this package, where there is one, and what came with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from . import files
from .errors import BadModel
from .manifest import Manifest

HERE = Path(__file__).parent
DATA = HERE / "data"
MANIFEST = DATA / "manifest.json"
MODEL = DATA / "model.onnx"
CLASSES = DATA / "classes.json"  # a list of class names, in the order of the logits
GOLDEN = DATA / "golden.npz"  # the output of every stage for each golden photo, by "photo/stage"
PHOTOS = DATA / "golden"


def manifest() -> Manifest:
    """What this package says of itself.

    Raises:
        BadModel: there is no model in this package, or its manifest cannot be used.
    """
    if not DATA.is_dir():
        raise BadModel("there is no model in this package: give the path of an exported file, or install a wheel that has one")
    return Manifest.read(MANIFEST)


def model() -> Path:
    """The model file, held to its SHA-256.

    Raises:
        BadModel: as :func:`manifest`; or the file is missing, or another than was packed.
    """
    expected = manifest().files.get(name(MODEL))
    try:
        found = digest(MODEL)
    except OSError as error:
        raise BadModel(f"{MODEL}: {error.strerror}; install the package again") from None
    if found != expected:
        raise BadModel(f"{MODEL}: is not the file that was packed: its SHA-256 is {found}; install the package again")
    return MODEL


def name(path: Path) -> str:
    """A file of the package as its manifest names it."""
    return path.relative_to(HERE).as_posix()


def digest(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        OSError: as :func:`lib.deploy.files.open_regular`.
    """
    with files.open_regular(path, files.MODEL) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
