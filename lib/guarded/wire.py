"""What goes from process to process: a JSON object, and the bytes of one value. Nothing that arrives is run as code."""

from __future__ import annotations

import json
import math
import socket
import struct
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from lib.deploy import errors

LARGEST = 2**30  # bytes of one value: a picture of the most pixels that Pillow takes has half of that
LONGEST = 1000  # characters of a line that somebody's code said
_LENGTHS = struct.Struct("!IQ")  # of the JSON object and of the value, before both
HEAD = _LENGTHS.size  # bytes of that


def printable(line: str) -> str:
    """A line as it may stand in a message: cut, and with what cannot be printed escaped."""
    return errors.printable(line[:LONGEST])


class Foreign(Exception):
    """What arrived is no message of ours."""


class Packed(NamedTuple):
    """A value as it is sent: what it is, as JSON types, and its bytes."""

    about: dict[str, Any] | None
    body: bytes


NOTHING = Packed(None, b"")


def packed(value: Any) -> Packed:
    """Bytes, a Pillow image or numbers, ready to be sent.

    A Pillow image goes as its pixels alone. What is no number, in numpy's eyes, goes as dtype and shape alone.

    Raises:
        ValueError: the value takes more than :data:`LARGEST` bytes.
        Exception: whatever the value raises when numpy or Pillow look at it.
    """
    made = _packed(value)
    if len(made.body) > LARGEST:
        raise ValueError(f"{len(made.body) / 1e6:.0f} MB at once are too many")
    return made


def send(connection: socket.socket, message: dict[str, Any], value: Packed = NOTHING) -> None:
    """Send a JSON object, and with it a value, if there is one.

    Raises:
        OSError: the other end is gone, or does not take it within the connection's time.
    """
    header = json.dumps(message | {"value": value.about}).encode()
    connection.sendall(_LENGTHS.pack(len(header), len(value.body)) + header)
    connection.sendall(value.body)


def unpacked(header: bytes, body: bytearray) -> tuple[dict[str, Any], Any]:
    """The message and the value in what was sent; an array or a picture of its own. Of what is no number a :class:`NoNumbers`.

    Raises:
        Foreign: it is no message of ours.
    """
    try:
        message = json.loads(header)
        return message, _value(message.pop("value"), body)
    except Exception as error:  # whatever else was written to our connection
        raise Foreign(type(error).__name__) from None


def lengths(head: bytes | bytearray) -> tuple[int, int]:
    """How many bytes of JSON and of value follow the first :data:`HEAD` of a message.

    Raises:
        Foreign: more than any message of ours has.
    """
    header, body = _LENGTHS.unpack(head)
    if header > LARGEST or body > LARGEST:
        raise Foreign("its lengths")
    return header, body


class NoNumbers:
    """What an array was that holds no numbers: only dtype and shape of it were sent."""

    def __init__(self, dtype: str, shape: tuple[int, ...]) -> None:
        self.dtype = dtype
        self.shape = shape


def _packed(value: Any) -> Packed:
    if isinstance(value, bytes):
        return Packed({"kind": "bytes"}, value)
    if isinstance(value, Image.Image):
        return Packed({"kind": "image", "mode": value.mode, "size": value.size}, value.tobytes())
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        dtype = "None" if value is None else str(array.dtype)
        return Packed({"kind": "no numbers", "dtype": dtype, "shape": array.shape}, b"")
    return Packed({"kind": "array", "dtype": array.dtype.str, "shape": array.shape}, array.tobytes())


def _value(about: dict[str, Any] | None, body: bytearray) -> Any:
    if about is None:
        return None
    if about["kind"] == "bytes":
        return bytes(body)
    if about["kind"] == "image":
        width, height = about["size"]
        return Image.frombytes(about["mode"], (width, height), bytes(body))
    shape = tuple(int(side) for side in about["shape"])
    if about["kind"] == "no numbers":
        return NoNumbers(str(about["dtype"]), shape)
    dtype = np.dtype(about["dtype"])
    if len(body) != math.prod(shape) * dtype.itemsize:
        raise Foreign("its size")
    return np.frombuffer(body, dtype).reshape(shape)
