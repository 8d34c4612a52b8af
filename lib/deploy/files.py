"""The one way in which a file that somebody named is opened."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path

# Bytes: what a file of a kind may have.
DECODED = 1_000_000_000  # bytes of memory that decoding one photo may take: 125 megapixels of most kinds
PHOTO = 600_000_000  # the most pixels that are decoded, as levels without any compression
MODEL = 2**31  # what protobuf, in which ONNX files are written, can read

_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # Windows has none, and no FIFOs among its files either
_KINDS = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def open_regular(path: str | os.PathLike[str], most: int) -> io.BufferedReader:
    """Open a file to read its bytes.

    A FIFO would be waited for without end and a device may give bytes without end, so only regular files are opened.

    Args:
        path: the file, or a link to it.
        most: bytes that it may have.

    Raises:
        OSError: it is missing, no regular file, too large, cannot be read, or has a name that no file can have; ``strerror``
            says which.
    """
    try:
        _regular(Path(path).stat(), most)  # before it is opened, which may set a device going
        descriptor = os.open(path, os.O_RDONLY | _NO_WAIT | getattr(os, "O_BINARY", 0))
    except ValueError:  # UnicodeEncodeError is one too
        raise OSError(errno.EINVAL, "no file can have this name") from None
    try:
        _regular(os.fstat(descriptor), most)  # it may be another file by now
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def read(path: str | os.PathLike[str], most: int) -> bytes:
    """The bytes of a file. Arguments and errors as of :func:`open_regular`."""
    with open_regular(path, most) as file:
        data = file.read(most + 1)
    if len(data) > most:  # a file may grow, and those of /proc say that they are empty
        raise OSError(errno.EFBIG, _too_large(most))
    return data


def _regular(status: os.stat_result, most: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise OSError(errno.EINVAL, f"is {kind}, where a regular file is needed")
    if status.st_size > most:
        raise OSError(errno.EFBIG, _too_large(most))


def _too_large(most: int) -> str:
    return f"has more than {most / 1e6:,.0f} MB, the most that is read of such a file"
