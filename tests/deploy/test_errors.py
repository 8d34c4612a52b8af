"""Messages about bad input: one line that can be printed, whatever they quote."""

from __future__ import annotations

import os

import pytest

from lib.deploy import BadInput, BadModel, BadPhoto
from lib.deploy.errors import printable, quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a × b…", "a × b…"),
        ("a\nb\tc\x1b[31m", r"a\nb\tc\x1b[31m"),
        (os.fsdecode(b"\xff.png"), r"\xff.png"),
        ("\ud800", r"\ud800"),
        ("a\u2028b\u202e", r"a\u2028b\u202e"),
        ("\x07\x85\x9b\u2029\u200b\ufeff\u2066", r"\x07\x85\x9b\u2029\u200b\ufeff\u2066"),
        ("33\u00a0答\u3000え", "33\u00a0答\u3000え"),
        ("می\u200cخواهم 👩\u200d🔬", "می\u200cخواهم 👩\u200d🔬"),
    ],
)
def test_a_name_is_made_printable(text, shown):
    assert printable(text) == shown
    assert str(BadPhoto(text)) == shown
    shown.encode()


def test_a_text_of_several_lines_keeps_its_line_ends():
    assert printable("a\n\tb\x1b", keep="\n\t") == "a\n\tb\\x1b"


def test_a_message_is_short_whatever_it_quotes():
    said = str(BadInput(f"{'x' * 5000} is missing"))
    assert len(said) < 1100
    assert said.endswith("x is missing")


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def test_a_value_is_quoted_in_short_whatever_it_is():
    bomb = ["x"] * 10
    for _ in range(40):
        bomb = [bomb] * 10
    for value in (10**5000, nested(100_000), bomb, "x" * 10**6, {"a": "y" * 10**6}, b"z" * 10**6):
        assert len(quoted(value)) < 1000
    assert quoted(10**5000) == "<int that is too long to show>"
    assert quoted("a\nb") == r"'a\nb'"


def test_a_service_can_tell_a_bad_photo_from_a_bad_model():
    assert issubclass(BadPhoto, BadInput)
    assert issubclass(BadModel, BadInput)
    assert not issubclass(BadPhoto, BadModel)
