"""Where a report goes: made in a hidden folder beside, and put there whole, at one stroke."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError

from lib import cache
from lib.deploy import BadInput, files
from lib.report import sums
from lib.report.beside import PICTURES, STYLE
from lib.report.run import PACKAGE
from lib.run.signals import uninterrupted

MOST = 10**8  # bytes of an earlier results.json that are read
ROOM = 100e6  # bytes that reports and exported models of a run may take, with room to spare
UNFINISHED = "unfinished-"  # in the name of a folder that a run works in
FORMER = "-former"  # after it: the earlier report on its way out, where the system cannot exchange two folders


@contextlib.contextmanager
def scratch_beside(out: Path) -> Iterator[Path]:
    """A folder on the same disk as ``out``, removed at the end unless it was moved away.

    What runs that were killed left here for the same target is removed too.

    Raises:
        BadInput: ``out`` is no place for a report, or there is no room.
    """
    try:
        _refuse(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        _clear(out)
        scratch, lock = _made(out)
    except OSError as error:
        raise BadInput(f"out {out}: cannot write there: {error.strerror}; name another folder with --out") from None
    try:
        scratch.chmod(0o755)  # mkdtemp's 0700 would keep a web server from reading the report
        for folder in (out.parent, cache.directory()):
            free = shutil.disk_usage(folder).free
            if free < ROOM:
                raise BadInput(f"no room on the disk: {folder} has {free / 1e6:.0f} MB free, a run needs {ROOM / 1e6:.0f} MB")
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def move_into_place(scratch: Path, out: Path) -> None:
    """Put the finished report where it goes. At every moment there is a whole one, the earlier or this, whoever else moves one.

    Where the system cannot exchange two folders there is a moment in between; even then nothing is lost.

    Raises:
        BadInput: ``out`` holds something else by now, or cannot be replaced.
    """
    former = scratch.with_name(f"{scratch.name}{FORMER}")
    with uninterrupted():
        _refuse(out)
        try:
            while not _replaced(scratch, out, former):  # another run's report came there meanwhile
                pass
        except OSError as error:
            with contextlib.suppress(OSError):
                former.rename(out)
            raise BadInput(f"out {out}: cannot be replaced: {error.strerror}; name another folder with --out") from None
        for earlier in (scratch, former):
            shutil.rmtree(earlier, ignore_errors=True)


def _replaced(scratch: Path, out: Path, former: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):  # there is no report yet
        if _exchanged(scratch, out):
            return True
        shutil.rmtree(former, ignore_errors=True)
        out.rename(former)
    try:
        scratch.rename(out)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    return True


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders took each other's place; False where the system, or the disk, cannot do that at one stroke."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)  # Linux has it, os does not offer it
    if renameat2 is None:
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE: linux/fcntl.h, linux/fs.h
    if renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _made(out: Path) -> tuple[Path, int | None]:
    """A new folder and the lock on it; no lock where the disk has none."""
    while True:
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}.{UNFINISHED}", dir=out.parent))
        try:
            lock = _lock(scratch)
        except OSError:
            return scratch, None
        if lock is not None:  # else another run took it for one that a killed run left
            return scratch, lock


def _lock(folder: Path) -> int | None:
    """The lock on a folder, as an open file: the system lets go of it when this process ends, however that happens.

    Returns:
        None where another process has it, or has removed the folder.

    Raises:
        OSError: the disk has no locks.
    """
    try:
        lock = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), folder.stat()):
            return lock
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:
        os.close(lock)
        raise
    os.close(lock)
    return None


def _clear(out: Path) -> None:
    """Remove what runs left beside ``out`` that were killed; a folder whose lock is held belongs to one that still goes on."""
    ours = re.compile(rf"\.{re.escape(out.name)}\.{UNFINISHED}[a-z0-9_]{{8}}({FORMER})?")
    for folder in list(out.parent.iterdir()):
        if (name := ours.fullmatch(folder.name)) is None:
            continue
        with contextlib.suppress(OSError):
            if name[1] and not out.exists():  # killed in between: the earlier report goes back
                folder.rename(out)
            elif (lock := _lock(folder)) is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


def _refuse(out: Path) -> None:
    while True:
        with contextlib.suppress(FileNotFoundError):  # in the moment of another run's moving
            if not out.exists():
                return
            looked_at = out.stat()
            if not stat.S_ISDIR(looked_at.st_mode):
                raise BadInput(f"out {out}: is a file; name a folder")
            if _is_report(out):
                return
            now = out.stat()  # a new folder may get the number of one that is gone: the time of its last move tells them apart
            if os.path.samestat(looked_at, now) and looked_at.st_ctime_ns == now.st_ctime_ns:
                raise BadInput(f"out {out}: holds something other than a report and would be replaced; name another folder")


class _Notebook(BaseModel):
    name: str


class _Results(BaseModel):
    notebooks: list[_Notebook]
    attachments: dict[str, str] = {}  # a report of before there were any has no such entry


OURS = {PACKAGE, PICTURES, STYLE, "index.html", "parameters.yml", "report.html", "results.json", "sha256sums.txt", "summary.md"}


def _is_report(folder: Path) -> bool:
    """Whether a folder is empty, or holds a report of ours and nothing else."""
    names = {path.name for path in folder.iterdir()}
    if not names:
        return True
    try:
        results = _Results.model_validate_json(files.read(folder / "results.json", MOST))
    except (OSError, ValidationError):
        return False
    pages = {f"{notebook.name}{suffix}" for notebook in results.notebooks for suffix in (".html", ".ipynb")}
    return names <= pages | results.attachments.keys() | OURS and not _added(folder)


def _added(folder: Path) -> set[str]:
    """What lies with the package, or with pictures of pages, and no run left there."""
    inside = {path.relative_to(folder).as_posix() for name in (PACKAGE, PICTURES) for path in (folder / name).rglob("*")}
    try:
        lines = files.read(folder / sums.NAME, MOST).decode(errors="surrogateescape").split("\n") if inside else []
    except OSError:
        lines = []
    return inside - {sums.parsed(line)[0] for line in lines}
