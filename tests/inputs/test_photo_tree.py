"""The photos of a folder with all its subfolders: in order, without loops, and with a reason for what is left out."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import tracemalloc
from itertools import islice
from pathlib import Path

import pytest

from lib.deploy import BadInput
from lib.inputs.photo_tree import NO_PICTURE, Found, folders, listed, require
from tests.conftest import encoded, picture
from tests.deploy.test_formats import heic

LINKED_FOLDER = "is a link to a folder, which is not followed"


def touch(folder: Path, *names: str) -> None:
    """Empty files, with the folders above them."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def paths(folder: Path) -> list[str]:
    """What is listed, none of which is refused."""
    found = [each for each in listed(folder) if not each.other]
    assert not [each for each in found if each.refused]
    return [each.path for each in found]


def test_all_subfolders_are_listed_in_the_order_of_their_names(tmp_path):
    touch(
        tmp_path,
        "b.PNG",
        "a/2.jpg",
        "a/10.JPEG",
        "a/deep/er/1.webp",
        "a-1.gif",
        "Z.tif",
        "c/x.bmp",
        "notes.txt",
        "jpg",
        "a/b.txt",
    )
    (tmp_path / "empty.jpg").mkdir()
    expected = ["Z.tif", "a/10.JPEG", "a/2.jpg", "a/deep/er/1.webp", "a-1.gif", "b.PNG", "c/x.bmp"]
    assert paths(tmp_path) == expected
    assert paths(Path(os.path.relpath(tmp_path))) == expected


def test_a_picture_is_told_by_its_content_too_and_other_files_are_told_apart(tmp_path):
    touch(tmp_path, "a.jfif", "b/empty", "labels.csv")
    (tmp_path / "b" / "0f3a").write_bytes(encoded(picture(8, 6)))
    (tmp_path / "b" / "phone").write_bytes(heic())  # whoever reads it says why it is not read
    (tmp_path / "b" / "to_blob").symlink_to("0f3a")
    (tmp_path / "b" / "to_labels").symlink_to("../labels.csv")
    (tmp_path / "b" / "gone").symlink_to("nowhere")
    found = list(listed(tmp_path))
    assert [each.path for each in found if not each.refused] == ["a.jfif", "b/0f3a", "b/phone", "b/to_blob"]
    assert [each.path for each in found if each.other] == ["b/empty", "b/to_labels", "labels.csv"]
    assert not [each for each in found if each.refused and not each.other]


def test_what_is_hidden_is_left_out_silently(tmp_path):
    touch(tmp_path, ".a.jpg", ".jpg", ".cache/b.jpg", "c/.d/e.jpg", "c/f.jpg")
    (tmp_path / ".out").symlink_to("/")
    assert paths(tmp_path) == ["c/f.jpg"]
    assert paths(tmp_path / ".cache") == ["b.jpg"]  # the folder itself was named


def test_any_name_passes_through_unchanged(tmp_path):
    names = [
        b"a b.jpg",
        b"a\nb.jpg",
        b"'\"`$.jpg",
        b"<b>.jpg",
        b"\xff.jpg",
        "é,ü.jpg".encode(),
        b"-rf.jpg",
        b"%s.jpg",
        b"\x1b[31m.jpg",
    ]
    folder = tmp_path / os.fsdecode(b"\xfe<i>\n")
    folder.mkdir()
    for name in names:
        (folder / os.fsdecode(name)).write_bytes(name)
    found = paths(tmp_path)
    assert [os.fsencode(path) for path in found] == [b"\xfe<i>\n/" + name for name in sorted(names)]
    assert [(tmp_path / path).read_bytes() for path in found] == sorted(names)


def test_links_to_folders_are_not_followed_and_named_where_photos_are_missed(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    touch(inside, "a/1.jpg", ".hidden/2.jpg")
    touch(outside, "3.jpg")
    (inside / "a" / "loop").symlink_to("..")
    (inside / "a" / "self.jpg").symlink_to(inside / "a")
    (inside / "other").symlink_to("a")
    (inside / "to_hidden").symlink_to(".hidden")
    (inside / "to_outside").symlink_to(outside)
    (inside / "to_parent.jpg").symlink_to("..")
    assert list(listed(inside)) == [
        Found("a/1.jpg"),
        Found("to_hidden", LINKED_FOLDER),
        Found("to_outside", LINKED_FOLDER),
        Found("to_parent.jpg", LINKED_FOLDER),
    ]
    (tmp_path / "named").symlink_to(inside)
    assert list(listed(tmp_path / "named")) == list(listed(inside))  # a link that the user named is followed


def test_a_link_to_a_file_of_the_folder_is_a_photo_and_one_out_of_it_is_refused(tmp_path):
    inside = tmp_path / "in"
    touch(inside, "a/1.jpg", "blob")
    touch(tmp_path, "in-not/2.jpg", "notes.txt")
    (inside / "copy.jpg").symlink_to("a/1.jpg")
    (inside / "blob.jpg").symlink_to(inside / "blob")
    (inside / "out.jpg").symlink_to("../in-not/2.jpg")
    (inside / "out.txt").symlink_to("../notes.txt")
    (inside / "passwords.jpg").symlink_to("/etc/passwd")
    out = "is a link out of the folder"
    assert list(listed(inside)) == [
        Found("a/1.jpg"), Found("blob", NO_PICTURE), Found("blob.jpg"), Found("copy.jpg"), Found("out.jpg", out),
        Found("passwords.jpg", out),
    ]  # fmt: skip


def test_what_would_not_end_or_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "gone.jpg").symlink_to("nowhere")
    (tmp_path / "gone.txt").symlink_to("nowhere")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "to_pipe.png").symlink_to("pipe.jpg")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    for i in range(1500):  # more than Python's own calls may be nested
        (tmp_path / f"chain{i}.gif").symlink_to(f"chain{i + 1}.gif")
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(tmp_path)  # a socket's name may not be long
        listener.bind("socket.jpg")
        os.chdir(here)
    regular = ", where a regular file is needed"
    assert [each for each in listed(tmp_path) if not each.path.startswith("chain")] == [
        Found("gone.jpg", "is a broken link: No such file or directory"),
        Found("loop.jpg", "is a broken link: Too many levels of symbolic links"),
        Found("pipe.jpg", f"is a FIFO{regular}"),
        Found("socket.jpg", f"is a socket{regular}"),
        Found("to_pipe.png", f"is a FIFO{regular}"),
        Found("zero.png", "is a link out of the folder"),
    ]
    assert all(each.refused for each in listed(tmp_path))


def as_nobody(program: str, *arguments: str) -> str:
    """What a small program prints to whom folders may be closed, as they are not to root."""
    imports = "import os, sys; from pathlib import Path; from lib.deploy import BadInput; from lib.inputs.photo_tree import *"
    leave = "if os.geteuid() == 0: os.seteuid(65534)"
    command = [sys.executable, "-c", "\n".join([imports, leave, program]), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_folder_that_cannot_be_listed_is_named_once(tmp_path):
    top = tmp_path / "top"
    touch(top, "a.jpg", "closed/b.jpg", "closed/c.jpg", "d.jpg")
    own = next(number for number, folder in enumerate(top.parents) if folder.name.startswith("pytest-of-"))
    for folder in top.parents[: own + 1]:
        folder.chmod(0o755)  # pytest's own are closed to others
    (top / "closed").chmod(0)
    found = as_nobody("for each in listed(Path(sys.argv[1])): print(each.path, '|', each.refused)", str(top)).splitlines()
    assert found == ["a.jpg | ", "closed | is a folder that cannot be listed: Permission denied", "d.jpg | "]
    said = as_nobody("try: require(Path(sys.argv[1]))\nexcept BadInput as error: print(error)", str(top / "closed"))
    assert said == f"photos {top / 'closed'}: Permission denied\n"


def test_a_disk_that_fails_within_a_folder_is_that_folders_matter(tmp_path, monkeypatch):
    touch(tmp_path, "a.jpg", "bad/b.jpg", "c.jpg")
    real = os.scandir

    def failing(path):
        if path.endswith(b"bad"):
            raise OSError(5, "Input/output error")
        return real(path)

    monkeypatch.setattr(os, "scandir", failing)
    found = list(listed(tmp_path))
    assert found == [Found("a.jpg"), Found("bad", "is a folder that cannot be listed: Input/output error"), Found("c.jpg")]


def test_what_vanishes_meanwhile_is_no_error(tmp_path):
    touch(tmp_path, "a.jpg", "b.jpg", "c/d.jpg", "e.jpg")
    (tmp_path / "f.jpg").symlink_to("a.jpg")
    os.mkfifo(tmp_path / "g.jpg")
    found = listed(tmp_path)
    assert next(found).path == "a.jpg"
    for name in ("c/d.jpg", "f.jpg", "g.jpg"):
        (tmp_path / name).unlink()
    (tmp_path / "c").rmdir()
    assert [each.path for each in found] == ["b.jpg", "e.jpg"]


def test_folders_within_folders_to_where_no_path_reaches(tmp_path):
    here = Path.cwd()
    try:
        os.chdir(tmp_path)
        for _ in range(2100):  # more than Python's own calls may be nested, and than a path may be long
            Path("x.jpg").touch()
            Path("f").mkdir()
            os.chdir("f")
    finally:
        os.chdir(here)
    found = list(listed(tmp_path))
    assert len(found) > 1500
    (refused,) = [each for each in found if each.refused]
    assert refused.refused == "is a folder that cannot be listed: File name too long"
    subprocess.run(["rm", "-rf", str(tmp_path / "f")], check=True)  # what no path reaches, pytest cannot remove


def test_a_hundred_thousand_photos_begin_at_once_and_take_little_memory(tmp_path):
    touch(tmp_path, ".a", ".b")  # a file may have no more than 65,000 names on some disks
    for i in range(100_000):
        os.link(f"{tmp_path}/.{'ab'[i % 2]}", f"{tmp_path}/photo-{i:07d}.jpg")
    start = time.process_time()  # of this process alone: others may keep the machine busy
    assert [each.path for each in islice(listed(tmp_path), 2)] == ["photo-0000000.jpg", "photo-0000001.jpg"]
    assert time.process_time() - start < 1
    tracemalloc.start()
    try:
        assert sum(1 for each in listed(tmp_path) if not each.refused) == 100_000
        assert tracemalloc.get_traced_memory()[1] < 10_000_000  # bytes: the names alone take five million
    finally:
        tracemalloc.stop()
    subprocess.run(["rm", "-rf", str(tmp_path)], check=True)


def test_subfolders_are_those_that_are_listed(tmp_path):
    touch(tmp_path, "b/1.jpg", "a/2.jpg", ".hidden/3.jpg", "c.jpg")
    (tmp_path / "link").symlink_to("a")
    assert folders(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("where", ["a.jpg", "b/c/d/e.PNG"])
def test_one_photo_anywhere_is_enough(tmp_path, where):
    (tmp_path / "A.jpg").symlink_to("nowhere")
    touch(tmp_path, where)
    require(tmp_path)


def test_the_first_photo_is_enough(tmp_path, monkeypatch):
    touch(tmp_path, "a.jpg", "b/c.jpg")
    real, seen = os.scandir, []
    monkeypatch.setattr(os, "scandir", lambda path: seen.append(path) or real(path))
    require(tmp_path)
    assert not [path for path in seen if os.fsencode(path).endswith(b"b")]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "No such file or directory"),
        (lambda path: path.touch(), "Not a directory"),
        (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
        (lambda path: path.mkdir(), r"no photo in this folder or in its subfolders \(of 0 files none is a picture\)"),
        (lambda path: touch(path, "a/b/notes.txt", ".c.jpg"), "no photo in this folder or in its subfolders"),
        (
            lambda path: (path.mkdir(), os.mkfifo(path / "x\n.jpg")),
            r"no photo can be read: x\\n\.jpg is a FIFO, where .* needed$",
        ),
        (
            lambda path: (path.mkdir(), (path / "a.jpg").symlink_to("/etc/passwd"), (path / "b.jpg").symlink_to("b")),
            r"no photo can be read: a\.jpg is a link out of the folder \(and 1 more like it\)",
        ),
    ],
    ids=["missing", "file", "loop", "empty", "no photo", "FIFO", "links"],
)
def test_a_folder_without_photos_is_refused_in_one_line(tmp_path, make, said):
    make(tmp_path / "photos")
    with pytest.raises(BadInput, match=f"^photos .*photos: {said}") as refused:
        require(tmp_path / "photos")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 300])
def test_a_name_that_no_folder_can_have_is_refused(name):
    with pytest.raises(BadInput, match=r"^photos .*: (no file can have this name|File name too long)$"):
        require(Path(name))


def test_a_worker_without_torch_can_import_it():
    program = "import sys, lib.inputs.photo_tree; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
