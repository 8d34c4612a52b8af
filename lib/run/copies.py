"""Copies of the notebooks to change at will, in a folder that git ignores."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from lib.deploy import BadInput

_KEY = "copy_of"  # in a copy's metadata: the digest of the cells that it was made from


def refresh(source: Path, target: Path) -> list[str]:
    """Copy every notebook that has no copy yet, and again those whose copy was not changed since and is older.

    A copy counts as changed where the text of its cells is another: running it, or looking at it, changes nothing.

    Args:
        source: folder of the notebooks.
        target: folder of the copies, made if it is missing.

    Returns:
        Names of the copies that were changed while their source was changed too: they stay as they are.

    Raises:
        BadInput: the folder cannot be written.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        return [path.stem for path in sorted(source.glob("*.ipynb")) if not _refreshed(path, target / path.name)]
    except OSError as error:
        raise BadInput(f"copies {target}: cannot write there: {error.strerror}") from None


def _refreshed(source: Path, copy: Path) -> bool:
    """Whether the copy is now what its source is, or was changed from that."""
    notebook = json.loads(source.read_text(encoding="utf-8"))
    now = _digest(notebook)
    if copy.exists():
        there = _read(copy)
        if there is None:
            return False
        own, made_from = _digest(there), there["metadata"].get(_KEY)
        if own == now:
            return True
        if own != made_from:
            return bool(made_from == now)
    notebook["metadata"][_KEY] = now
    scratch = copy.with_name(f".{copy.name}.partial")
    scratch.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    scratch.replace(copy)
    return True


def _digest(notebook: dict[str, Any]) -> str:
    """Of what was written into a notebook: kind and text of its cells. An editor may split a text into lines or join them."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _read(copy: Path) -> dict[str, Any] | None:
    """A notebook as a user left it, or None where it is none any more."""
    try:
        notebook: dict[str, Any] = json.loads(copy.read_text(encoding="utf-8"))
        _digest(notebook), notebook["metadata"].get(_KEY)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return notebook
