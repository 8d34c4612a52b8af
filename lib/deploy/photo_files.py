"""The photos that a path names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import files, formats
from .errors import BadInput, printable


@dataclass(frozen=True)
class Named:
    """What a path names.

    Attributes:
        photos: the file itself; or the pictures of the folder, those in a format that is not read among them.
        others: names of the folder's other files, made printable.
    """

    photos: tuple[Path, ...]
    others: tuple[str, ...] = ()


def named(path: str) -> Named:
    """The file of a path, or the pictures of a folder: not of its subfolders, and without hidden files.

    In a folder, :func:`is_picture` tells them from its other files; either are in alphabetical order.

    Raises:
        BadInput: there is nothing at this path, or no picture in the folder.
    """
    try:
        if path and Path(path).is_dir():  # an empty one would be the current folder
            inside = [file for file in sorted(Path(path).iterdir()) if not file.name.startswith(".") and not file.is_dir()]
            pictures = [is_picture(file) for file in inside]
            if not any(pictures):
                raise BadInput(f"photos {path}: no photo in this folder (of its {len(inside)} files none is a picture)")
            return Named(
                tuple(file for file, picture in zip(inside, pictures, strict=True) if picture),
                tuple(printable(file.name) for file, picture in zip(inside, pictures, strict=True) if not picture),
            )
        if path and Path(path).exists():
            return Named((Path(path),))
    except (OSError, ValueError) as error:  # a ValueError: no file can have this name
        raise BadInput(f"photos {path}: {getattr(error, 'strerror', None) or 'no file can have this name'}") from None
    raise BadInput(f"photos {path}: no such file or folder")


def is_picture(file: Path) -> bool:
    """Whether a file is named or begins as pictures do. So an empty ``a.jpg`` is a picture, which then cannot be read."""
    if formats.named_as_picture(file.name):
        return True
    try:
        with files.open_regular(file, files.PHOTO) as opened:
            return formats.begins_as_picture(opened.read(formats.HEAD))
    except OSError:
        return False
