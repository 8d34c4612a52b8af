"""Where exported models and downloaded weights are kept between runs and shared by notebooks that run side by side."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from lib.deploy import BadInput

# What the system answers where a disk, or a user's share of it, is full.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

LIB = Path(__file__).resolve().parent
ROOT = LIB.parent
DAMAGED = ".damaged"  # the end of the name under which something is put aside

# What was found whole in this process, with sizes and times of its files: it is not read again while these stay.
_found_whole: dict[Path, list[tuple[bytes, int, int]]] = {}


def directory() -> Path:
    """The cache folder, made if it is missing: ``HANDOFF_CACHE`` where that is set, else ``.cache`` beside ``lib``.

    Raises:
        BadInput: the folder cannot be made.
    """
    path = Path(os.environ.get("HANDOFF_CACHE") or ROOT / ".cache")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _no_cache(path, error) from None
    return path


def _no_cache(path: Path, error: OSError) -> BadInput:
    return BadInput(f"cache {path}: {error.strerror}; set HANDOFF_CACHE to a folder that can be written")


def full(error: OSError, *folders: Path) -> str:
    """The place where a disk is full: the file that the error names, else the folder with the least room.

    Args:
        error: one of :data:`NO_ROOM`.
        folders: that may have been written to, beside the cache and the system's folder for temporary files.
    """
    if error.filename is not None:
        return str(error.filename)
    there = [folder for folder in (*folders, directory(), Path(tempfile.gettempdir())) if folder.is_dir()]
    return str(min(there, key=lambda folder: shutil.disk_usage(folder).free))


@contextmanager
def making(path: Path) -> Iterator[Path | None]:
    """Make ``path`` once, whoever asks: gives a scratch path to write to, or None where ``path`` is already there.

    It may be a file or a folder. What is on the scratch path is moved into place when the block ends well and removed when it
    does not, so what stands at ``path`` is always whole. Others who ask meanwhile wait. Its SHA-256 is kept beside it: what was
    damaged since is put aside, which a line on stderr says, and made again.

    Raises:
        BadInput: the folder cannot be written, or a disk is full; the line names the place.
    """
    lock = FileLock(f"{path}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise _no_cache(path.parent, error) from None
    try:
        if path.exists():
            if whole(path):
                yield None
                return
            print(put_aside(path), file=sys.stderr, flush=True)
        scratch = path.with_name(f"{path.name}.partial")
        _remove(scratch)  # a process that was killed may have left it
        try:
            yield scratch
            _digest_of(path).write_text(_sha256(scratch), encoding="utf-8")
            scratch.replace(path)
            _found_whole[path] = _signature(path)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            # told here, since there is room again when the scratch path is removed
            raise BadInput(
                f"no room on the disk: {full(error)}; make some, or set HANDOFF_CACHE to a folder on another disk"
            ) from None
        finally:
            _remove(scratch)
    finally:
        lock.release()


def whole(path: Path) -> bool:
    """Whether a file or folder in the cache is as it was made; one that was put there by hand has no SHA-256 and counts."""
    digest, signature = _digest_of(path), _signature(path)
    if not digest.exists() or _found_whole.get(path) == signature:
        return True
    if digest.read_bytes() != _sha256(path).encode():
        return False
    _found_whole[path] = signature
    return True


def put_aside(path: Path) -> str:
    """Rename a file or folder that is damaged, in place of an earlier one of its name, and say so in a line."""
    aside = path.with_name(f"{path.name}{DAMAGED}")
    _remove(aside)
    path.replace(aside)
    return f"cache: {path} was damaged since it was made; it is put aside as {aside.name} and made again"


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _digest_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _files(path: Path) -> Iterator[Path]:
    """A file itself, or all that lies in a folder, in an order that stays; links are not followed."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        links = [name for name in folders if Path(folder, name).is_symlink()]
        yield from (Path(folder, name) for name in sorted(names + links))


def _signature(path: Path) -> list[tuple[bytes, int, int]]:
    """Names, sizes and times of all files, that of the SHA-256 among them."""
    every = [*_files(path), _digest_of(path)]
    return [(os.fsencode(each), each.lstat().st_size, each.lstat().st_mtime_ns) for each in every if os.path.lexists(each)]


def _sha256(path: Path) -> str:
    """Of a file's content; of a folder, of its files' names and contents."""
    if not path.is_dir():
        return _content(path)
    digest = hashlib.sha256()
    for each in _files(path):
        content = os.fsencode(each.readlink()).hex() if each.is_symlink() else _content(each)
        digest.update(os.fsencode(each.relative_to(path)).hex().encode() + b" " + content.encode() + b"\n")
    return digest.hexdigest()


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
