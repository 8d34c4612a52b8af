"""The photos that a path names."""

from __future__ import annotations

from pathlib import Path

from .errors import BadInput

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


def named(path: str) -> list[Path]:
    """The file of a path, or the photos of a folder: not of its subfolders, and without hidden files.

    In a folder, files are taken whose names end as image files do (:data:`SUFFIXES`), in alphabetical order.

    Raises:
        BadInput: there is nothing at this path, or no photo in the folder.
    """
    try:
        if path and Path(path).is_dir():  # an empty one would be the current folder
            inside = sorted(f for f in Path(path).iterdir() if f.suffix.lower() in SUFFIXES and not f.name.startswith("."))
            found = [file for file in inside if not file.is_dir()]
            if not found:
                raise BadInput(f"photos {path}: no photo in this folder (files ending in {', '.join(SUFFIXES)})")
            return found
        if path and Path(path).exists():
            return [Path(path)]
    except (OSError, ValueError) as error:  # a ValueError: no file can have this name
        raise BadInput(f"photos {path}: {getattr(error, 'strerror', None) or 'no file can have this name'}") from None
    raise BadInput(f"photos {path}: no such file or folder")
