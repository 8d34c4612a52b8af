"""A file of numbers gives what was written under its name, or nothing."""

from __future__ import annotations

import shutil

import pytest
from pyarrow import parquet

from lib.sweep import kept

ROWS = [
    {
        "photo": b"a\xff.png",
        "sha256": "0" * 64,
        "way": way,
        "top1": 3,
        "margin": 0.5,
        "kl": 0.0,
        "probability": 0.7,
        "second": 0.1,
    }
    for way in ("", "squash")
]


@pytest.fixture
def place(tmp_path):
    path = tmp_path / "key" / "ab" / "abc.parquet"
    path.parent.mkdir(parents=True)
    kept.write(path, ROWS)
    return path


def test_it_is_a_parquet_file_that_any_reader_takes(place):
    found = parquet.read_table(place).to_pylist()
    assert [row["way"] for row in found] == ["", "squash"]
    assert found[0]["photo"] == b"a\xff.png"
    assert kept.read(place).to_pylist() == found


def test_the_same_rows_are_the_same_bytes(place):
    before = place.read_bytes()
    kept.write(place, ROWS)
    assert place.read_bytes() == before
    assert list(place.parent.iterdir()) == [place]


def test_every_byte_counts(place):
    data = place.read_bytes()
    for at in range(0, len(data), 7):
        place.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        with pytest.raises(kept.Damaged):
            kept.read(place)


CHANGES = {
    "emptied": lambda data: b"",
    "cut short": lambda data: data[:-1],
    "made longer": lambda data: data + b"\0",
    "of zeros": lambda data: bytes(len(data)),
    "a third of zeros": lambda data: bytes(len(data) // 3) + data[len(data) // 3 :],
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_was_changed_is_noticed(place, change):
    place.write_bytes(CHANGES[change](place.read_bytes()))
    with pytest.raises(kept.Damaged):
        kept.read(place)


@pytest.mark.parametrize("other", ["key/ab/abd.parquet", "yek/ab/abc.parquet"])
def test_a_file_under_another_name_is_not_taken(place, other):
    there = place.parents[2] / other
    there.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(place, there)
    with pytest.raises(kept.Damaged):
        kept.read(there)


def test_a_file_that_is_not_there_is_an_oserror(place):
    place.unlink()
    with pytest.raises(FileNotFoundError):
        kept.read(place)
