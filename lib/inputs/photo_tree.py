"""The photos of a folder and of all its subfolders, one after the other, however many they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from lib.deploy import BadInput, files, formats
from lib.deploy.photo_files import is_picture

NO_PICTURE = "is no picture"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        path: from the folder on, with ``/`` between names, as Python keeps names that are no UTF-8 (PEP 383). It may hold
            anything that a file's name may: :func:`lib.deploy.errors.printable` is for showing it.
        refused: why it is not to be read, as in ``is a broken link``; empty for a photo.
    """

    path: str
    refused: str = ""

    @property
    def other(self) -> bool:
        """Whether it is a file of another kind, as a list of labels, which nobody would miss."""
        return self.refused == NO_PICTURE


class _Kind(Enum):
    """What an entry of a folder is, where it is no plain photo file."""

    FOLDER = auto()
    LINK = auto()
    UNNAMED = auto()  # a file whose name is not that of a picture
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class _Level:
    """A folder on the way down.

    Attributes:
        prefix: what stands before its names in a path: empty, or ends in ``/``.
        names: those that are still to be looked at, last one first.
        kinds: of those that are no plain photo files.
    """

    prefix: bytes
    names: list[bytes]
    kinds: dict[bytes, _Kind]


def listed(folder: Path) -> Iterator[Found]:
    """The photos of a folder, of its subfolders, and so on down: files that are named or begin as pictures do.

    The order is that of the names as bytes within each folder; a subfolder is gone through where its name stands. What is held
    meanwhile are the names of the folders on the way down. Hidden files and folders are left out, and so is what vanishes.

    Files that are no pictures are given as such (:attr:`Found.other`). What a user would miss is given with the reason why it
    is not to be read:

    - a folder that cannot be listed, which stands for all that is in it (``.`` is the folder itself);
    - a link to a folder whose photos are listed nowhere else, since it lies outside or is hidden. Links to folders are not
      followed; one to a folder of this very tree, which may be a loop, is left out silently, as nothing is missed by that;
    - of what is named as a photo, a link that is broken or leads out of the folder, a FIFO, a socket and a device.

    A link to a file of the folder is a photo: one with the content of another.
    """
    levels = [_Level(b"", [b""], {b"": _Kind.FOLDER})]
    while levels:
        level = levels[-1]
        if not level.names:
            levels.pop()
            continue
        name = level.names.pop()
        path, kind = level.prefix + name, level.kinds.get(name)
        refused: str | None = ""
        if kind is _Kind.FOLDER:
            try:
                levels.append(_level(folder, path))
                continue
            except OSError as error:
                vanished = path != b"" and isinstance(error, FileNotFoundError)
                refused = None if vanished else f"is a folder that cannot be listed: {error.strerror}"
        elif kind is _Kind.LINK:
            refused = _link(folder, path)
        elif kind is _Kind.UNNAMED:
            refused = _unnamed(folder / os.fsdecode(path))
        elif kind is _Kind.OTHER:
            refused = _file(folder / os.fsdecode(path))
        if refused is not None:
            yield Found(os.fsdecode(path or b"."), refused)


def folders(folder: Path) -> list[str]:
    """The names of the subfolders of a folder, in the order of :func:`listed`: no hidden ones, and no links.

    Raises:
        OSError: it cannot be listed.
    """
    level = _level(folder, b"")
    return [os.fsdecode(name) for name in reversed(level.names) if level.kinds.get(name) is _Kind.FOLDER]


def require(folder: Path) -> None:
    """Hold that there is a photo in a folder or in one of its subfolders: they are listed until the first is found.

    Raises:
        BadInput: there is no such folder, it cannot be listed, or it holds no photo that may be read.
    """
    try:
        os.scandir(folder).close()
    except (OSError, ValueError) as error:  # a ValueError: no file can have this name
        raise BadInput(f"photos {folder}: {getattr(error, 'strerror', None) or 'no file can have this name'}") from None
    first, refused, others = None, 0, 0
    for found in listed(folder):
        if not found.refused:
            return
        if found.other:
            others += 1
        else:
            first, refused = first or found, refused + 1
    if first is None:
        raise BadInput(f"photos {folder}: no photo in this folder or in its subfolders (of {others:,} files none is a picture)")
    more = f" (and {refused - 1:,} more like it)" if refused > 1 else ""
    raise BadInput(f"photos {folder}: no photo can be read: {first.path} {first.refused}{more}")


def _level(folder: Path, path: bytes) -> _Level:
    names, kinds = [], {}
    with os.scandir(os.fsencode(folder) + b"/" + path) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith(b"."):
                continue
            if entry.is_symlink():
                kinds[name] = _Kind.LINK
            elif entry.is_dir(follow_symlinks=False):
                kinds[name] = _Kind.FOLDER
            elif not _named_as_picture(name):
                if not entry.is_file(follow_symlinks=False):
                    continue
                kinds[name] = _Kind.UNNAMED
            elif not entry.is_file(follow_symlinks=False):
                kinds[name] = _Kind.OTHER
            names.append(name)
    names.sort(reverse=True)
    return _Level(path and path + b"/", names, kinds)


def _link(folder: Path, path: bytes) -> str | None:
    """Why a link is refused; empty for that of a photo, None where it is left out silently."""
    link, named = folder / os.fsdecode(path), _named_as_picture(path)
    try:
        leads_to_folder = stat.S_ISDIR(link.stat().st_mode)
    except OSError as error:
        return f"is a broken link: {error.strerror}" if named and link.is_symlink() else None
    top, target = folder.resolve(), link.resolve()
    inside = target.is_relative_to(top)
    if leads_to_folder:
        listed_there = inside and not any(name.startswith(".") for name in target.relative_to(top).parts)
        return None if listed_there else "is a link to a folder, which is not followed"
    if not named:
        return _unnamed(link) if inside else None
    return _file(link) if inside else "is a link out of the folder"


def _unnamed(path: Path) -> str | None:
    """Why a file that is not named as a picture is refused: empty where it is one, None where it has vanished."""
    if is_picture(path):
        return ""
    return NO_PICTURE if path.is_file() else None


def _file(path: Path) -> str | None:
    """Why what is no plain file cannot be read: empty where it can be, None where it has vanished."""
    try:
        files.open_regular(path, files.PHOTO).close()
    except FileNotFoundError:
        return None
    except OSError as error:
        return error.strerror
    return ""


def _named_as_picture(path: bytes) -> bool:
    return formats.named_as_picture(os.fsdecode(path))
