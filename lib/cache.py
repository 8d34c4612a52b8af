"""Where exported models and downloaded weights are kept between runs and shared by notebooks that run side by side."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
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
    does not, so what stands at ``path`` is always whole. Others who ask meanwhile wait. The SHA-256 of a file is kept beside
    it: one that was damaged since is made again.

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
        if path.exists() and not _damaged(path):
            yield None
            return
        scratch = path.with_name(f"{path.name}.partial")
        try:
            yield scratch
            if scratch.is_file():
                _digest_of(path).write_text(_sha256(scratch), encoding="utf-8")
            scratch.replace(path)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            # told here, since there is room again when the scratch path is removed
            raise BadInput(
                f"no room on the disk: {full(error)}; make some, or set HANDOFF_CACHE to a folder on another disk"
            ) from None
        finally:
            if scratch.is_dir():
                shutil.rmtree(scratch, ignore_errors=True)
            else:
                scratch.unlink(missing_ok=True)
    finally:
        lock.release()


def _damaged(path: Path) -> bool:
    """Whether a file is another one than was made here. One that was put there by hand has no digest, and is taken as it is."""
    digest = _digest_of(path)
    return digest.exists() and digest.read_text(encoding="utf-8") != _sha256(path)


def _digest_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
