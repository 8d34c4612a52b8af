"""The cache: where it is, and that what stands in it is whole and made once."""

from __future__ import annotations

import errno
import os
import shutil
import threading

import pytest

from lib import cache
from lib.deploy import BadInput


def test_the_cache_is_where_the_variable_says_or_beside_the_code(cache_folder, monkeypatch):
    assert cache.directory() == cache_folder
    assert cache_folder.is_dir()
    monkeypatch.setattr(cache, "ROOT", cache_folder)
    for empty in ("", None):
        monkeypatch.setenv("HANDOFF_CACHE", "") if empty is not None else monkeypatch.delenv("HANDOFF_CACHE")
        assert cache.directory() == cache_folder / ".cache"


def test_a_cache_that_cannot_be_made_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HANDOFF_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(BadInput, match="set HANDOFF_CACHE"):
        cache.directory()
    with pytest.raises(BadInput, match="set HANDOFF_CACHE"), cache.making(tmp_path / "file" / "cache" / "model.onnx"):
        pytest.fail("nothing can be made there")


def test_what_is_there_is_not_made_again(tmp_path):
    path = tmp_path / "models" / "a.onnx"
    made = []
    for _ in range(2):
        with cache.making(path) as scratch:
            made.append(scratch)
            if scratch is not None:
                scratch.write_text("whole")
    assert [each is None for each in made] == [False, True]
    assert made[0] != path
    assert path.read_text() == "whole"


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_half_of_something_never_stands_in_its_place(tmp_path, kind):
    path, scratches = tmp_path / "a", []

    def make(fails: bool) -> None:
        with cache.making(path) as scratch:
            assert scratch is not None  # nothing stands there yet, and nobody else holds the lock
            scratches.append(scratch)
            if kind == "folder":
                scratch.mkdir()
            (scratch / "part" if kind == "folder" else scratch).write_text("half")
            if fails:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make(fails=True)
    assert not path.exists()
    assert not scratches[0].exists()
    make(fails=False)
    assert path.exists()
    assert not scratches[1].exists()


def test_others_wait_until_it_is_made(tmp_path):
    path, begun, seen = tmp_path / "a", threading.Event(), []

    def wait_for_it() -> None:
        begun.set()
        with cache.making(path) as scratch:
            seen.append((scratch, path.read_text()))

    with cache.making(path) as scratch:
        assert scratch is not None
        other = threading.Thread(target=wait_for_it)
        other.start()
        assert begun.wait(10)
        other.join(0.2)
        assert seen == []
        scratch.write_text("whole")
    other.join(10)
    assert seen == [(None, "whole")]


def test_a_file_that_was_damaged_since_is_made_again(tmp_path):
    path, made = tmp_path / "a.onnx", []

    def make() -> None:
        with cache.making(path) as scratch:
            made.append(scratch is not None)
            if scratch is not None:
                scratch.write_text("whole")

    make()
    path.write_text("who")
    make()
    make()
    assert made == [True, True, False]
    assert path.read_text() == "whole"


def test_a_file_that_was_put_there_by_hand_is_taken_as_it_is(tmp_path):
    (tmp_path / "a.onnx").write_text("mine")
    with cache.making(tmp_path / "a.onnx") as scratch:
        assert scratch is None


def written(path, kind: str) -> bool:
    """Make a file or a folder; whether that was needed."""
    with cache.making(path) as scratch:
        if scratch is None:
            return False
        if kind == "folder":
            (scratch / "sub").mkdir(parents=True)
            (scratch / "sub" / "b").write_text("whole")
            (scratch / "link").symlink_to("sub")
            (scratch / "a").write_text("whole")
        else:
            scratch.write_text("whole")
        return True


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_damaged_is_put_aside_and_said_and_stays_aside_when_nothing_new_can_be_made(tmp_path, capsys, kind):
    path = tmp_path / "a.onnx"
    written(path, kind)
    for content in ("who", "which"):
        (path / "a" if kind == "folder" else path).write_text(content)
        with pytest.raises(ZeroDivisionError), cache.making(path):
            raise ZeroDivisionError
        assert not path.exists()
        aside = tmp_path / "a.onnx.damaged"
        assert (aside / "a" if kind == "folder" else aside).read_text() == content
        assert capsys.readouterr().err.count(f"{path} was damaged") == 1
        assert written(path, kind)
    assert not written(path, kind)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("change", ["content", "new", "gone", "renamed", "link"])
def test_a_folder_in_which_anything_was_changed_is_made_again(tmp_path, change):
    path = tmp_path / "a"
    assert written(path, "folder")
    assert not written(path, "folder")
    if change == "content":
        (path / "sub" / "b").write_text("Whole")
    elif change == "new":
        (path / "sub" / "c").touch()
    elif change == "gone":
        (path / "a").unlink()
    elif change == "renamed":
        (path / "a").rename(path / "z")
    else:
        (path / "link").unlink()
        (path / "link").symlink_to("a")
    assert written(path, "folder")
    assert not written(path, "folder")


@pytest.mark.parametrize("content", [b"", b"\xff", b"0" * 64])
def test_where_the_hash_is_damaged_it_is_made_again_too(tmp_path, content):
    written(tmp_path / "a", "file")
    (tmp_path / "a.sha256").write_bytes(content)
    assert written(tmp_path / "a", "file")
    assert not written(tmp_path / "a", "file")


def test_what_a_killed_process_left_is_taken_away_first(tmp_path):
    (tmp_path / "a.partial").mkdir()
    (tmp_path / "a.partial" / "half").touch()
    assert written(tmp_path / "a", "folder")
    assert not (tmp_path / "a" / "half").exists()


def test_a_file_is_read_once_by_a_process_while_it_stays(tmp_path, monkeypatch):
    path = tmp_path / "a"
    written(path, "file")
    cache._found_whole.clear()  # as in another process
    read = []
    monkeypatch.setattr(cache, "_sha256", lambda of: read.append(of) or cache._content(of))
    for _ in range(3):
        assert not written(path, "file")
    assert read == [path]


def test_a_disk_that_fills_up_while_something_is_made_is_named_and_nothing_stays(cache_folder):
    path = cache_folder / "models" / "a.onnx"

    def fill() -> None:
        with cache.making(path) as scratch:
            assert scratch is not None
            scratch.write_bytes(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(scratch))

    with pytest.raises(BadInput, match=f"no room on the disk: {path}.partial; .*HANDOFF_CACHE"):
        fill()
    assert {each.name for each in path.parent.iterdir()} <= {"a.onnx.lock"}


def test_an_error_that_names_no_file_is_that_of_the_fullest_folder(tmp_path, cache_folder, monkeypatch):
    report, temporary = tmp_path / "report", tmp_path / "temporary"
    for folder in (report, temporary):
        folder.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(temporary))
    for fullest in (report, temporary, cache.directory()):
        free = dict.fromkeys((report, temporary, cache.directory()), 10**9) | {fullest: 0}
        monkeypatch.setattr(shutil, "disk_usage", lambda folder, free=free: shutil._ntuple_diskusage(10**9, 0, free[folder]))
        assert cache.full(OSError(errno.ENOSPC, "full"), report, tmp_path / "gone") == str(fullest)
        assert cache.full(OSError(errno.ENOSPC, "full", "a.png"), report) == "a.png"


def test_another_error_stays_what_it_is(cache_folder):
    with pytest.raises(PermissionError), cache.making(cache_folder / "a"):
        raise PermissionError(errno.EACCES, "no")
