"""JSON as the standard has it: in UTF-8, no name twice, no NaN; and how two such values differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from lib.deploy import BadInput
from lib.deploy.errors import quoted
from lib.inputs.reading import read_bytes

MOST = 10**8  # bytes of one file, as of an earlier results.json that is to be replaced


def read(path: Path) -> dict[str, Any]:
    """The table that a file holds.

    Raises:
        BadInput: it cannot be read, is no such JSON, or holds something else than a table.
    """
    return parsed(read_bytes(path, path.name, MOST), path.name)


def parsed(data: bytes, where: str) -> dict[str, Any]:
    """The table in the bytes of a file; ``where`` they come from goes into the message.

    Raises:
        BadInput: as :func:`read`.
    """
    try:
        value = json.loads(data.decode(), parse_constant=_refused, object_pairs_hook=_table)
    except RecursionError:
        raise BadInput(f"{where}: not valid JSON: nested too deep") from None
    except ValueError as error:  # of decoding too, and of whole numbers with more than 4,300 digits
        raise BadInput(f"{where}: not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadInput(f"{where}: holds {quoted(value)}, where a run leaves a table")
    return value


def _refused(word: str) -> NoReturn:
    raise ValueError(f"{word} is no word of JSON")


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"a name stands there twice, among {quoted([name for name, _ in pairs])}")
    return found


def differences(said: Any, found: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Where two values of JSON types differ: a place, as ``checks: handoff.flips: measured``, and how.

    Args:
        said: what stands in a file.
        found: what was worked out.
        where: the place of both.
    """
    ours, others = _named(said), _named(found)
    if ours is None or others is None:
        if (type(said) is bool) is not (type(found) is bool) or said != found:  # 1 == True
            yield where, f"is {quoted(said)}, and {quoted(found)} by what lies there"
        return
    for name in dict.fromkeys([*ours, *others]):
        place = f"{where}: {name}" if where else name
        if name not in ours:
            yield place, "is missing"
        elif name not in others:
            yield place, "should not be there"
        else:
            yield from differences(ours[name], others[name], place)
    if list(ours) != list(others) and isinstance(said, list) and ours.keys() == others.keys():
        yield where, "stand in another order"


def _named(value: Any) -> dict[str, Any] | None:
    """The parts of a value by name, as far as it has any."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        return None
    for key in ("id", "name"):
        names = [each.get(key) if isinstance(each, dict) else None for each in value]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return dict(zip(map(str, names), value, strict=True))
    return {str(i): each for i, each in enumerate(value)}
