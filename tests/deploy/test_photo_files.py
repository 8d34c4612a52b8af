"""The photos that a path names; what becomes of them is tested with the command and with the workbook's photos."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lib.deploy import BadInput
from lib.deploy.photo_files import Named, named
from tests.conftest import encoded, picture
from tests.deploy.test_formats import heic


def test_a_file_is_itself_whatever_it_is_called(tmp_path):
    (tmp_path / "photo").write_bytes(b"")
    assert named(str(tmp_path / "photo")) == Named((tmp_path / "photo",))


def test_of_a_folder_those_are_taken_that_are_named_as_pictures_in_order(tmp_path):
    for name in ("b.png", "a.JPEG", "B.png", ".hidden.png", "c.txt", "png", "d.png.part", "e.jfif", "f.tga", "g.HEIC"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "b.png")
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    found = named(str(tmp_path))
    assert [path.name for path in found.photos] == [
        "B.png", "a.JPEG", "b.png", "e.jfif", "f.tga", "g.HEIC", "link.png", "loop.png",
    ]  # fmt: skip
    assert found.others == ("c.txt", "d.png.part", "png")


def test_of_a_folder_those_are_taken_that_begin_as_pictures_whatever_they_are_called(tmp_path):
    written = {
        "0f3a": encoded(picture(8, 6)),
        "a.dat": encoded(picture(8, 6), "JPEG"),
        "b.bin": heic(),
        "c.csv": b"0f3a,cat\n",
        "d": encoded(picture(8, 6), "TGA"),  # which nothing but its name tells
        "e.jpeg.bak": encoded(picture(8, 6), "AVIF"),
        "line\nend": b"",
    }
    for name, data in written.items():
        (tmp_path / name).write_bytes(data)
    os.mkfifo(tmp_path / "fifo")
    found = named(str(tmp_path))
    assert [path.name for path in found.photos] == ["0f3a", "a.dat", "b.bin", "e.jpeg.bak"]
    assert found.others == ("c.csv", "d", "fifo", r"line\nend")


def test_a_link_to_a_folder_is_that_folder(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.png").write_bytes(b"")
    (tmp_path / "link").symlink_to("folder")
    assert named(str(tmp_path / "link")) == Named((tmp_path / "link" / "a.png",))


@pytest.mark.parametrize("path", ["", "nowhere", "a\0b", "x" * 5000, os.fsdecode(b"\xff"), "file/inner.png", "loop"])
def test_what_is_not_there_is_refused_in_one_line(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    Path("file").write_bytes(b"")
    Path("loop").symlink_to("loop")
    Path("here.png").write_bytes(b"")
    with pytest.raises(BadInput, match=r"^photos ") as raised:
        named(path)
    assert str(raised.value).isprintable()
