"""Style and pictures of a page as files beside it.

A server may forbid both inside of pages: Jenkins does so by default with ``style-src 'self'; img-src 'self'``.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from lib.inputs.reading import sha256

STYLE = "style.css"
PICTURES = "pictures"  # a folder
_SOURCE = re.compile(r'(<img [^>]*?src=")data:image/([a-z+]+);base64,([A-Za-z0-9+/=\s]+)"')
_ENDINGS = {"svg+xml": "svg", "jpeg": "jpg"}  # where the file's ending is not the name of its kind


def with_files(html: str, folder: Path) -> str:
    """A page whose pictures are files.

    Args:
        html: the page, with its pictures inside.
        folder: of the page. Each picture goes there into :data:`PICTURES`, named after its content.

    Returns:
        The page with the files' names in the pictures' places.
    """

    def written(found: re.Match[str]) -> str:
        data = base64.b64decode(found[3])
        name = f"{PICTURES}/{sha256(data)[:16]}.{_ENDINGS.get(found[2], found[2])}"
        (folder / PICTURES).mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        return f'{found[1]}{name}"'

    return _SOURCE.sub(written, html)
