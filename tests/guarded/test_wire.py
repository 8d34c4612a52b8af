"""What goes from process to process arrives as it was."""

from __future__ import annotations

import io
import json
import socket

import numpy as np
import pytest
from PIL import Image

from lib.guarded import wire
from lib.guarded.wire import Foreign, NoNumbers, packed, printable, send, unpacked


def arrived(value):
    """A value that was packed, sent and unpacked."""
    ours, theirs = socket.socketpair()
    with ours, theirs, theirs.makefile("rb") as incoming:
        send(ours, {"said": "hello"}, packed(value))
        header, body = wire.lengths(incoming.read(wire.HEAD))
        message, got = unpacked(incoming.read(header), bytearray(incoming.read(body)))
    assert message == {"said": "hello"}
    return got


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=np.uint8).reshape(2, 2, 3),
        np.array([[np.nan, np.inf, -0.0]], np.float32),
        np.arange(6, dtype=">f4").reshape(2, 3).T,
        np.zeros((0, 3), np.float64),
        np.array(7),
        np.array([True]),
        np.array([1 + 2j]),
    ],
    ids=lambda array: f"{array.dtype}",
)
def test_numbers(array):
    got = arrived(array)
    assert (got.dtype, got.shape) == (array.dtype, array.shape)
    assert got.tobytes() == array.tobytes()
    assert got.flags.writeable


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "YCbCr", "1", "I;16"])
def test_pictures(mode):
    image = Image.frombytes(mode, (9, 2), bytes(range(9 * 2 * 4))[: len(Image.new(mode, (9, 2)).tobytes())])
    got = arrived(image)
    assert (got.mode, got.size, got.tobytes()) == (mode, (9, 2), image.tobytes())


def test_bytes():
    assert arrived(b"") == b""
    assert arrived(b"photo") == b"photo"


@pytest.mark.parametrize(
    ("value", "dtype", "shape"),
    [
        (np.array(["a"]), "<U1", (1,)),
        (None, "None", ()),
        ([{}, {}], "object", (2,)),
        (np.datetime64(0, "s"), "datetime64[s]", ()),
    ],
)
def test_of_what_is_no_number_kind_and_shape_alone_arrive(value, dtype, shape):
    got = arrived(value)
    assert isinstance(got, NoNumbers)
    assert (got.dtype, got.shape) == (dtype, shape)


def test_a_damaged_picture_is_noticed_where_it_is_packed():
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(buffer, "PNG")
    with pytest.raises(OSError, match="truncated"):
        packed(Image.open(io.BytesIO(buffer.getvalue()[:1000])))


def test_too_much_at_once_is_refused(monkeypatch):
    monkeypatch.setattr(wire, "LARGEST", 10)
    with pytest.raises(ValueError, match="at once"):
        packed(np.zeros(11, np.uint8))
    with pytest.raises(Foreign):
        wire.lengths(wire._LENGTHS.pack(1, 11))


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (b"{" * 9999, b""),
        (b"[]", b""),
        (b"{}", b""),
        (b"[" * 100_000, b""),
        (json.dumps({"value": {"kind": "array", "dtype": "O", "shape": [1]}}).encode(), bytes(8)),
        (json.dumps({"value": {"kind": "array", "dtype": "<f4", "shape": [2]}}).encode(), bytes(4)),
        (json.dumps({"value": {"kind": "array", "dtype": "no", "shape": [2]}}).encode(), bytes(4)),
        (json.dumps({"value": {"kind": "image", "mode": "RGB", "size": [10**9, 10**9]}}).encode(), bytes(4)),
    ],
)
def test_what_is_no_message_of_ours_is_foreign(header, body):
    with pytest.raises(Foreign):
        unpacked(header, bytearray(body))


def test_a_line_is_cut_and_can_be_printed():
    assert printable("ä \x1b[0m \x00 \udcff") == r"ä \x1b[0m \x00 \xff"
    assert len(printable("x" * 10_000)) == wire.LONGEST
