"""Where files lie on the machine that ran is nobody else's business, and stays out of pages."""

from __future__ import annotations

import functools
import os
import re
import sysconfig
import tempfile
from pathlib import Path

from lib.cache import ROOT


def without_places(text: str) -> str:
    """The text with files of packages, of the project, of the user and of the current folder named from there on."""
    return _folders(Path.cwd()).sub("", text)


@functools.cache
def _folders(current: Path) -> re.Pattern[str]:
    packages = [sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")]
    own = [os.environ.get("HANDOFF_CACHE", ""), os.environ.get("HOME", ""), tempfile.gettempdir()]
    given = [*map(Path, packages + own), ROOT, current]
    folders = {str(each) for folder in given for each in (folder, folder.resolve()) if each.is_absolute() and each.name}
    longest_first = sorted(folders, key=len, reverse=True)  # some lie within others
    return re.compile(rf"(?<![\w.~-])(?:{'|'.join(map(re.escape, longest_first))})/")
