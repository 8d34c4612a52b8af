"""The photos that a path names; what becomes of them is tested with the command and with the workbook's photos."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lib.deploy import BadInput
from lib.deploy.photo_files import SUFFIXES, named


def test_a_file_is_itself_whatever_it_is_called(tmp_path):
    (tmp_path / "photo").write_bytes(b"")
    assert named(str(tmp_path / "photo")) == [tmp_path / "photo"]


def test_of_a_folder_those_are_taken_that_end_as_photos_do_in_order(tmp_path):
    for name in ("b.png", "a.JPEG", "B.png", ".hidden.png", "c.txt", "png", "d.png.part"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "b.png")
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    assert [path.name for path in named(str(tmp_path))] == ["B.png", "a.JPEG", "b.png", "link.png", "loop.png"]
    for suffix in SUFFIXES:
        assert Path(f"x{suffix}").suffix == suffix


def test_a_link_to_a_folder_is_that_folder(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.png").write_bytes(b"")
    (tmp_path / "link").symlink_to("folder")
    assert named(str(tmp_path / "link")) == [tmp_path / "link" / "a.png"]


@pytest.mark.parametrize("path", ["", "nowhere", "a\0b", "x" * 5000, os.fsdecode(b"\xff"), "file/inner.png", "loop"])
def test_what_is_not_there_is_refused_in_one_line(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    Path("file").write_bytes(b"")
    Path("loop").symlink_to("loop")
    Path("here.png").write_bytes(b"")
    with pytest.raises(BadInput, match=r"^photos ") as raised:
        named(path)
    assert str(raised.value).isprintable()
