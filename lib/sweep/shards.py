"""How a folder's photos are dealt out to tasks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from hashlib import blake2b

ABOUT = 8  # photos of a task: with the whole catalogue some seconds of work, which is what a lost worker costs
MOST = 16


def shards(paths: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The paths in groups, in their order.

    Where one begins depends on the names in it alone: a photo that is new or gone changes the group that it lies in, and leaves
    the others, and what was computed of them, as they are.

    Args:
        paths: of photos, in an order that stays.
    """
    group: list[str] = []
    for path in paths:
        if group and (len(group) == MOST or _begins(path)):
            yield tuple(group)
            group = []
        group.append(path)
    if group:
        yield tuple(group)


def _begins(path: str) -> bool:
    return int.from_bytes(blake2b(os.fsencode(path), digest_size=8).digest()) % ABOUT == 0
