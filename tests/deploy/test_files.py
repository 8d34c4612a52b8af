"""Files that somebody named: regular ones are read, up to a size; all else is refused at once."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from lib.deploy import BadModel, BadPhoto, Classifier, Model, files


@pytest.fixture(scope="session")
def odd(tmp_path_factory) -> dict[str, str]:
    """A path of each kind that is no regular file, by its kind, or that no file can have."""
    folder = tmp_path_factory.mktemp("odd")
    os.mkfifo(folder / "fifo")
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "to_fifo").symlink_to(folder / "fifo")
    (folder / "file").write_text("")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(folder)  # a socket's name may not be long
        listener.bind("socket")
        os.chdir(here)
    return {
        "a FIFO": str(folder / "fifo"),
        "a FIFO behind a link": str(folder / "to_fifo"),
        "a socket": str(folder / "socket"),
        "a device": "/dev/null",
        "an endless device": "/dev/zero",
        "a folder": str(folder),
        "the root": "/",
        "a link to itself": str(folder / "loop"),
        "a name with NUL": str(folder / "a\0b"),
        "a name with a line end": str(folder / "a\nb"),
        "a name that is no UTF-8": str(folder / os.fsdecode(b"\xff")),
        "a name that is no text": str(folder / "\ud800"),
        "a name that is too long": str(folder / ("x" * 300)),
        "a file taken for a folder": str(folder / "file" / "x"),
        "nothing": str(folder / "nothing"),
    }


def test_a_file_is_read_up_to_a_size(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert files.read(tmp_path / "a", 5) == b"12345"
    with pytest.raises(OSError, match="has more than 0 MB, the most that is read of such a file"):
        files.read(tmp_path / "a", 4)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
def test_a_file_that_says_it_is_empty_and_is_not_is_held_to_the_size():
    assert Path("/proc/self/status").stat().st_size == 0
    with pytest.raises(OSError, match="has more than"):
        files.read("/proc/self/status", 4)


def test_what_is_no_regular_file_is_refused_at_once(odd):
    for kind, path in odd.items():
        with pytest.raises(OSError, match=r".") as refused:
            files.read(path, 100)
        assert refused.value.strerror, kind
        with pytest.raises(BadModel) as bad:
            Model.open(path)
        assert "\n" not in str(bad.value), kind


def test_a_photo_that_is_no_regular_file_is_a_bad_photo(odd, lite0):
    classifier = Classifier(lite0.onnx_path)
    for kind, path in odd.items():
        with pytest.raises(BadPhoto) as bad:
            classifier.classify(path)
        assert str(bad.value).isprintable(), kind


def test_a_file_becomes_another_while_it_is_opened(tmp_path, odd, monkeypatch):
    (tmp_path / "a").write_bytes(b"")
    monkeypatch.setattr("os.open", lambda *_, opened=os.open: opened(odd["a FIFO"], os.O_RDONLY | os.O_NONBLOCK))
    with pytest.raises(OSError, match="is a FIFO, where a regular file is needed"):
        files.read(tmp_path / "a", 100)
