"""The files of a report against ``sha256sums.txt``."""

from __future__ import annotations

import os

import pytest

from lib.audit import sums as audit
from lib.audit.finding import held
from lib.report import sums


@pytest.fixture
def report(tmp_path):
    folder = tmp_path / "report"
    (folder / "handoff").mkdir(parents=True)
    for name in ("index.html", "handoff/a.whl", "two\nlines"):
        (folder / name).write_text(name)
    sums.write(folder)
    return folder


def said(folder):
    return [each.said for each in held("sums", audit.complaints(folder)) if each.wrong]


def test_files_as_they_were_left_hold_and_its_own_hash_is_told(report):
    found = list(held("sums", audit.complaints(report)))
    assert [each.wrong for each in found] == [False]
    assert "all 3 files" in found[0].said
    assert audit.sha256((report / sums.NAME).read_bytes()) in found[0].said


def test_what_is_edited_missing_and_more_is_named(report):
    (report / "index.html").write_text("edited")
    (report / "handoff" / "a.whl").unlink()
    (report / "handoff" / "b.whl").write_text("more")
    assert said(report) == [
        "handoff/a.whl is missing",
        "handoff/b.whl lies there, and is not in it",
        "index.html is another file than the run left",
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"{'0' * 64}  ../../etc/passwd", "leads outside of the folder: ../../etc/passwd"),
        (f"{'0' * 64}  /etc/passwd", "leads outside"),
        (f"{'0' * 64}  handoff/../../x", "leads outside"),
        (f"{'0' * 64}  index.html", "index.html stands there twice"),
        ("0  index.html", "line 4 is no line of sha256sum"),
        (f"{'0' * 64}  ", "line 4 is no line"),
    ],
)
def test_lines_that_no_run_writes_are_refused(report, line, words):
    with (report / sums.NAME).open("a") as file:
        file.write(f"{line}\n")
    assert any(words in each for each in said(report))


def test_neither_links_nor_fifos_are_followed(report, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x").write_text("x")
    (report / "linked").symlink_to(tmp_path / "elsewhere")
    (report / "index.html").unlink()
    (report / "index.html").symlink_to("/dev/zero")
    os.mkfifo(report / "fifo")
    assert {"linked", "index.html", "fifo"} == {each.split()[0] for each in said(report) if "no regular file" in each}
    assert not any("linked/x" in each for each in said(report))


def test_a_folder_without_sums_is_named(report):
    (report / sums.NAME).unlink()
    assert ["cannot read" in each for each in said(report)] == [True]


def test_of_complaints_without_end_the_first_are_told(report):
    for i in range(150):
        (report / f"{i}.txt").write_text("")
    found = said(report)
    assert len(found) == 101
    assert "more than 100 complaints" in found[-1]
