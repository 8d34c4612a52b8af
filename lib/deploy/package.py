"""The model that lies in this package, where there is one, and what came with it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from . import files
from .errors import BadModel
from .manifest import Manifest

T = TypeVar("T")

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
    return opened(lambda path: path)


def opened(use: Callable[[Path], T]) -> T:
    """What ``use`` makes of the model file, which meanwhile is held to its SHA-256: on another core, that costs no time.

    Raises:
        BadModel: as :func:`model`, or by ``use``.
    """
    expected = manifest().files.get(name(MODEL))
    said: list[str] = []
    holding = threading.Thread(target=lambda: said.append(_complaint(expected)))
    holding.start()
    try:
        return use(MODEL)
    finally:
        holding.join()
        if said[0]:
            raise BadModel(said[0]) from None


def _complaint(expected: str | None) -> str:
    """What is wrong with the model file; empty where nothing is."""
    try:
        found = digest(MODEL)
    except OSError as error:
        return f"{MODEL}: {error.strerror}; install the package again"
    if found == expected:
        return ""
    return f"{MODEL}: is not the file that was packed: its SHA-256 is {found}; install the package again"


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
