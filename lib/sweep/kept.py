"""The file of a task's numbers: Parquet, with a SHA-256 in its footer over its name and all of its other bytes.

Parquet's own checksums cover pages and nothing else, and do not tell a file from one that lies under another's name.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import uuid
from collections.abc import Sequence
from pathlib import Path

import pyarrow
from pyarrow import parquet

SCHEMA = pyarrow.schema(
    [
        ("photo", pyarrow.binary()),  # path from the folder on; a file's name may be no UTF-8
        ("sha256", pyarrow.string()),  # null where the file could not be read
        ("error", pyarrow.string()),  # why the photo has no numbers: a single row then
        ("way", pyarrow.string()),  # a pipeline's name; of the reference, which comes first, an empty text
        ("top1", pyarrow.int32()),
        ("margin", pyarrow.float32()),
        ("kl", pyarrow.float64()),
        ("probability", pyarrow.float32()),
        ("second", pyarrow.float32()),
        ("refused", pyarrow.string()),  # why the pipeline gave no answer
    ]
)
_KEY = b"handoff.sha256"
_UNSEALED = b"0" * 64


class Damaged(Exception):
    """A file is not what was written under its name."""


def write(place: Path, rows: Sequence[dict[str, object]]) -> None:
    """Write a file under another name, and move it into place when it is whole.

    Args:
        place: of the file; its name and those of the two folders that it lies in belong to what is sealed.
        rows: with the fields of :data:`SCHEMA`.
    """
    buffer = io.BytesIO()
    with parquet.ParquetWriter(buffer, SCHEMA) as writer:
        writer.write_table(pyarrow.Table.from_pylist(list(rows), SCHEMA))
        writer.add_key_value_metadata({_KEY: _UNSEALED})
    data = buffer.getvalue()
    before, unsealed, after = _apart(data)
    assert unsealed == _UNSEALED
    scratch = place.with_name(f"{place.name}.{uuid.uuid4().hex}.partial")
    try:
        scratch.write_bytes(before + _sealed(place, before, after) + after)
        scratch.replace(place)
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)


def read(place: Path) -> pyarrow.Table:
    """The rows of a file.

    Raises:
        Damaged: it is not what was written under this name.
        OSError: it cannot be read.
    """
    data = place.read_bytes()
    before, sealed, after = _apart(data)
    if sealed != _sealed(place, before, after):  # before pyarrow sees it: it may end the process on damaged bytes
        raise Damaged(str(place))
    return parquet.read_table(io.BytesIO(data), schema=SCHEMA)


def _apart(data: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before the SHA-256, that, and what stands after it."""
    start = data.rfind(_KEY) + len(_KEY) + 2  # two bytes of Parquet's stand between key and value
    end = start + len(_UNSEALED)
    return data[:start], data[start:end], data[end:]


def _sealed(place: Path, before: bytes, after: bytes) -> bytes:
    name = "/".join(place.parts[-3:]).encode()
    return hashlib.sha256(b"\0".join([name, before, after])).hexdigest().encode()
