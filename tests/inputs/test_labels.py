"""The labels of a folder's photos: by a file, by the names of the subfolders, or none, with the reason."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from lib.deploy import BadInput
from lib.inputs import labels, subject
from lib.inputs.labels import NONE, Labels

CLASSES = ("tench", "goldfish", "great white shark", 'crane, the "bird"', "crane", "crane", "été")


def by_file(folder: Path, content: str | bytes) -> Labels:
    """The labels that a file has, of a folder with one photo."""
    (folder / "photos").mkdir(exist_ok=True)
    (folder / "photos" / "first.jpg").touch()
    (folder / "labels.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return labels.of(folder / "photos", CLASSES, folder / "labels.csv")


def by_folders(folder: Path, *names: str) -> Labels:
    for name in names:
        (folder / name).mkdir()
    return labels.of(folder, CLASSES)


def test_a_photo_has_its_own_label_or_that_of_the_nearest_folder(tmp_path):
    found = by_file(tmp_path, "a,tench\na/b,goldfish\na/b/own.jpg,2\nown.jpg,6\n")
    expected = {
        "a/1.jpg": 0, "a/c/d/2.jpg": 0, "a/b/3.jpg": 1, "a/b/c/4.jpg": 1, "a/b/own.jpg": 2, "own.jpg": 6, "other.jpg": NONE,
        "ab/5.jpg": NONE,
    }  # fmt: skip
    assert {path: found.index(path) for path in expected} == expected
    assert found.said(8_000, 6_000) == "The labels are those of labels.csv: 6,000 of 8,000 photos have one."


def test_the_whole_folder_may_have_one_class_and_a_photo_another(tmp_path):
    found = by_file(tmp_path, ".,tench\n./a//b.jpg,goldfish\nc/,2\n")
    assert [found.index(path) for path in ("x.jpg", "y/z.jpg", "a/b.jpg", "c/d.jpg")] == [0, 0, 1, 2]


@pytest.mark.parametrize(
    "content",
    [
        "photo,class\na.jpg,goldfish\n",
        "a.jpg,goldfish",
        "a.jpg,1",
        "a.jpg,001",
        '"a.jpg","goldfish"\n',
        "\n\na.jpg,goldfish\n\n",
        b"\xef\xbb\xbfphoto,class\r\na.jpg,goldfish\r\n",
        b"\xef\xbb\xbfa.jpg,goldfish",
        "a.jpg,goldfish\na.jpg,1\n",
    ],
    ids=["header", "no header", "index", "zeros", "quoted", "blank lines", "BOM and CRLF", "BOM", "twice the same"],
)
def test_files_as_programs_write_them_are_read(tmp_path, content):
    found = by_file(tmp_path, content)
    assert (found.index("a.jpg"), found.index("photo")) == (1, NONE)


@pytest.mark.parametrize(
    "path", ["a, b.jpg", "a\nb.jpg", "a\r\nb.jpg", ' "<b>.jpg', "é/ü.jpg", " a.jpg ", "..jpg", "a../b.jpg"]
)
def test_any_name_in_utf_8_and_any_class_can_be_written(tmp_path, path):
    quoted = path.replace('"', '""')
    found = by_file(tmp_path, f'"{quoted}","crane, the ""bird"""\nb.jpg,été\n')
    assert (found.index(path), found.index("b.jpg")) == (3, 6)


def test_a_class_whose_name_is_a_number_is_meant_by_its_name(tmp_path):
    (tmp_path / "labels.csv").write_text("a.jpg,1\nb.jpg,2\n")
    found = labels.of(tmp_path, ["2", "1", "0"], tmp_path / "labels.csv")
    assert (found.index("a.jpg"), found.index("b.jpg")) == (1, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "names no photo; write one 'photo or folder,class' a line"),
        ("photo,class\n\n", "names no photo"),
        ("a.jpg,tench\nb.jpg\n", "line 2: 1 column where two are needed: photo or folder, class"),
        ("a.jpg;tench\n", "line 1: 1 column where two"),
        ("a.jpg,crane, the bird\n", "line 1: 3 columns where two"),
        ("a.jpg,tench\n\nb.jpg,goldfsh\n", "line 3: unknown class 'goldfsh': did you mean 'goldfish'?"),
        ("a.jpg, tench\n", "line 1: unknown class ' tench': did you mean 'tench'?"),
        ("a.jpg,\n", "line 1: unknown class '': choose from"),
        ("a.jpg,7\n", "line 1: there is no class 7: they go from 0 to 6"),
        ("a.jpg,-1\n", "line 1: there is no class -1: they go from 0 to 6"),
        ("a.jpg," + "9" * 5000, "line 1: there is no class 999"),
        ("a.jpg,٣\n", "line 1: unknown class '٣'"),
        ("a.jpg,crane\n", "line 1: 2 classes are named 'crane'; write the index of one"),
        ("a.jpg,4\na.jpg,5\n", "line 2: 'a.jpg' is 'crane' (5) here, and 'crane' (4) in a line above"),
        ("a,tench\n./a/,1\n", "line 2: './a/' is 'goldfish' (1) here, and 'tench' (0) in a line above"),
        ("/a.jpg,tench\n", "line 1: '/a.jpg' leads out of the folder; write the path from the photos' folder on"),
        ("a/../b.jpg,tench\n", "line 1: 'a/../b.jpg' leads out of the folder"),
        ("..,tench\n", "line 1: '..' leads out of the folder"),
        (",tench\n", "line 1: '' can be no photo's path"),
        ("a\0.jpg,tench\n", "line 1: 'a\\x00.jpg' can be no photo's path"),
        ("a.jpg,ten\0ch\n", "line 1: unknown class 'ten\\x00ch': did you mean 'tench'?"),
        ("\0" * 1000, "line 1: 1 column where two are needed"),
        ('a.jpg,tench\n"b\n\nc.jpg,goldfish\n', "line 2: not valid CSV: unexpected end of data"),
        ('a.jpg,tench\n"b"c.jpg,goldfish\n', "line 2: not valid CSV: ',' expected after '\"'"),
        ('"a\nb.jpg",tench\n"c\n.jpg",shark\n', "line 3: unknown class 'shark'"),
        ("a.jpg,tench\rb.jpg,tench\r", "line 1: not valid CSV: new-line character seen in unquoted field"),
        ("a.jpg,tench\n" + "x" * 10_000_000, "line 2: not valid CSV: field larger than field limit"),
        ("a.jpg," + "x" * 100_000, "line 1: unknown class 'xxx"),
        (b"a.jpg,tench\n\xff.jpg,goldfish\n", "line 2: not UTF-8; save the file in this encoding"),
        ("a.jpg,tench\n".encode("utf-16"), "line 1: not UTF-8"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_line(tmp_path, content, said):
    with pytest.raises(BadInput, match=f"^labels .*labels.csv: {re.escape(said)}") as refused:
        by_file(tmp_path, content)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 1100


def test_an_unknown_class_among_a_thousand_is_told_in_one_line(tmp_path):
    (tmp_path / "labels.csv").write_text("a.jpg,tensh\n")
    with pytest.raises(BadInput, match="line 1: unknown class 'tensh': did you mean 'tench'"):
        labels.of(tmp_path, subject.load(subject.DEFAULT).classes, tmp_path / "labels.csv")


def test_a_file_that_cannot_be_read_is_refused(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.setattr(labels, "MOST", 5)
    (tmp_path / "large.csv").write_text("a.jpg,tench\n")
    for name, said in (
        ("none.csv", "No such file"),
        (".", "Is a directory"),
        ("fifo", "is a FIFO"),
        ("large.csv", "has more than"),
    ):
        with pytest.raises(BadInput, match=f"labels: cannot read .*: {said}"):
            labels.of(tmp_path, CLASSES, tmp_path / name)


def test_a_hundred_thousand_lines_take_little_memory(tmp_path):
    lines = "".join(f"train/n{i % 1000:08d}/n{i % 1000:08d}_{i:06d}.JPEG,{i % 7}\n" for i in range(100_000))
    tracemalloc.start()
    try:
        found = by_file(tmp_path, lines)
        assert tracemalloc.get_traced_memory()[0] < 20_000_000  # bytes that are kept
    finally:
        tracemalloc.stop()
    assert found.index("train/n00000999/n00000999_099999.JPEG") == 99_999 % 7


def test_labels_of_other_photos_are_noticed(tmp_path):
    found = by_file(tmp_path, "val/a.jpg,tench\n")
    found.require(photos=1, labelled=1)
    found.require(photos=0, labelled=0)
    said = (
        r"labels\.csv: none of the 12,000 photos has a label in it; its first line names 'val/a\.jpg', and .* is 'first\.jpg'$"
    )
    with pytest.raises(BadInput, match=said):
        found.require(photos=12_000, labelled=0)


def test_folders_named_as_classes_are_the_labels(tmp_path):
    found = by_folders(tmp_path, "tench", "great white shark", ".hidden")
    paths = ("tench/a.jpg", "great white shark/b/c.jpg", "d.jpg")
    assert [found.index(path) for path in paths] == [0, 2, NONE]
    assert found.said(3, 2) == "The labels are the folders' names: 2 of 3 photos have one."


def test_folders_named_by_indices_are_the_labels(tmp_path):
    found = by_folders(tmp_path, "2", "00", "6")
    assert [found.index(path) for path in ("2/a.jpg", "00/b.jpg", "6/c.jpg")] == [2, 0, 6]
    source = "The labels are the folders' names, each the index of a class ('00' is 'tench', … , '6' is 'été')"
    assert found.said(3, 3) == f"{source}: 3 of 3 photos have one."


def test_as_many_folders_as_classes_are_taken_in_sorted_order(tmp_path):
    found = by_folders(tmp_path, *(f"n{number}" for number in (70, 8, 30, 41, 55, 66, 10)))
    assert [found.index(f"n{number}/a.jpg") for number in (10, 30, 41, 55, 66, 70, 8)] == list(range(7))
    order = "The labels are the folders in sorted order, as torchvision's ImageFolder takes them"
    assert found.said(9, 9) == f"{order} ('n10' is 'tench', … , 'n8' is 'été'): 9 of 9 photos have one."


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ([], "No labels: there are no subfolders, and no labels file was given."),
        ([".hidden"], "No labels: there are no subfolders, and no labels file was given."),
        (
            ["tench", "meta", "goldfish"],
            "No labels: the folders are neither named as classes ('meta' is none) nor as many as these (3 and 7); "
            "a labels file can name the classes.",
        ),
        (["1", "7"], None),
        (["1", "tench"], None),
        (["crane"], None),
        ([os.fsdecode(b"\xff\n<b>")], None),
    ],
    ids=["none", "hidden", "other names", "out of range", "mixed", "two classes of this name", "no UTF-8"],
)
def test_other_folders_are_no_labels_and_the_reason_is_told(tmp_path, names, why):
    found = by_folders(tmp_path, *names)
    assert [found.index(f"{name}/a.jpg") for name in names] == [NONE] * len(names)
    assert found.index("a.jpg") == NONE
    said = found.said(3, 0)
    assert said == why if why else said.startswith("No labels: the folders are neither")
    assert said.isprintable()
    found.require(photos=3, labelled=0)  # nobody claimed that there are any


def test_a_linked_folder_is_none_of_the_classes_as_its_photos_are_not_listed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "goldfish").symlink_to("../elsewhere")
    found = by_folders(tmp_path / "photos", "tench")
    assert (found.index("tench/a.jpg"), found.index("goldfish/a.jpg")) == (0, NONE)


def test_a_folder_that_is_missing_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"photos .*none: No such file or directory"):
        labels.of(tmp_path / "none", CLASSES)


def test_a_worker_without_torch_can_import_it():
    program = "import sys, lib.inputs.labels; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
