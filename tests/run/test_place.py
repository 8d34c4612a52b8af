"""A report is put into its place whole, whoever else does so and whatever was killed before."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lib.deploy import BadInput
from lib.report import sums
from lib.run import place
from lib.run.place import move_into_place, scratch_beside


@pytest.fixture(params=["at one stroke", "by two renames"])
def _way(request, monkeypatch):
    if request.param == "by two renames":
        monkeypatch.setattr(place, "_exchanged", lambda one, other: False if other.exists() else other.stat())


def report(folder: Path, said: str) -> None:
    attachments = {f"07_layers.{said}.json": "0" * 64}
    (folder / "results.json").write_text(json.dumps({"notebooks": [], "attachments": attachments, "said": said}))
    (folder / f"07_layers.{said}.json").write_text("{}")
    (folder / "index.html").write_text(said)


def put(out: Path, said: str) -> None:
    with scratch_beside(out) as scratch:
        report(scratch, said)
        move_into_place(scratch, out)


@pytest.mark.usefixtures("_way")
def test_a_report_takes_the_place_of_nothing_of_an_empty_folder_and_of_an_earlier_one(tmp_path):
    out = tmp_path / "reports" / "latest"
    for said in ("first", "second", "third"):
        put(out, said)
        assert (out / "index.html").read_text() == said
        assert list(out.parent.iterdir()) == [out]
    shutil.rmtree(out)
    out.mkdir()
    put(out, "fourth")
    assert (out / "index.html").read_text() == "fourth"


@pytest.mark.usefixtures("_way")
def test_what_came_there_meanwhile_is_not_lost(tmp_path):
    out = tmp_path / "latest"
    put(out, "earlier")
    with scratch_beside(out) as scratch:
        report(scratch, "new")
        (out / "thesis.tex").write_text("years of work")
        with pytest.raises(BadInput, match="holds something other than a report"):
            move_into_place(scratch, out)
    assert (out / "thesis.tex").read_text() == "years of work"
    assert (out / "index.html").read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.usefixtures("_way")
def test_a_package_goes_with_its_report_and_what_a_user_put_beside_it_stays(tmp_path):
    out = tmp_path / "latest"
    put(out, "one")
    (out / "handoff").mkdir()
    (out / "handoff" / "made.whl").write_bytes(b"wheel")
    sums.write(out)
    put(out, "two")
    assert "two" in (out / "results.json").read_text()
    (out / "handoff").mkdir()
    (out / "handoff" / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match="holds something other than a report"):
        put(out, "three")
    assert (out / "handoff" / "notes.txt").read_text() == "mine"


def test_a_report_that_cannot_be_moved_leaves_the_earlier_one(tmp_path, monkeypatch):
    out = tmp_path / "latest"
    put(out, "earlier")
    (tmp_path / "gone").mkdir()
    with pytest.raises(BadInput, match="cannot be replaced: No such file"):
        move_into_place(tmp_path / "gone" / "nothing", out)
    assert (out / "index.html").read_text() == "earlier"


PUTS = """\
import sys
from pathlib import Path
from tests.run.test_place import put
out, said = Path(sys.argv[1]), sys.argv[2]
print(flush=True)
sys.stdin.read()
for number in range(150):
    put(out, f"{said} {number}")
"""


def test_two_at_once_leave_no_moment_without_a_report(tmp_path):
    out = tmp_path / "latest"
    put(out, "earlier")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    puts = [subprocess.Popen([sys.executable, "-c", PUTS, out, said], **pipes) for said in ("one", "other")]
    for process in puts:  # both are there before the first begins
        process.stdout.readline()
    for process in puts:
        process.stdin.close()
    seen = set()  # it raises where there is none
    while any(process.poll() is None for process in puts):
        seen.add(out.stat().st_mtime_ns)
    for process in puts:
        assert process.returncode == 0, process.stderr.read()
        process.stdout.close()
        process.stderr.close()
    assert len(seen) > 50
    assert (out / "index.html").read_text() in ("one 149", "other 149")
    assert list(tmp_path.iterdir()) == [out]


def test_the_next_run_removes_what_killed_ones_left_and_not_what_others_work_in_or_own(tmp_path):
    out = tmp_path / "latest"
    put(out, "earlier")
    left, taken, named = (tmp_path / f".latest.unfinished-{name}" for name in ("a1b2c3d4", "tak3n_by", "my-own-backup"))
    other = tmp_path / ".latest.v2.unfinished-a1b2c3d4"
    for folder in (left, taken, named, other):
        folder.mkdir()
        (folder / "03_parity.ipynb").write_text("half a note")
    lock = os.open(taken, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with scratch_beside(out) as mine, scratch_beside(out) as another:
        assert mine.is_dir()
        assert another.is_dir()
        assert not left.exists()
    os.close(lock)
    assert {path.name for path in tmp_path.iterdir()} == {"latest", taken.name, named.name, other.name}


def test_an_earlier_report_on_its_way_out_goes_back_when_the_run_was_killed(tmp_path):
    out = tmp_path / "latest"
    put(out, "earlier")
    out.rename(tmp_path / ".latest.unfinished-a1b2c3d4-former")
    with scratch_beside(out):
        assert (out / "index.html").read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [out]


def test_a_disk_without_locks_will_do(tmp_path, monkeypatch):
    left = tmp_path / ".latest.unfinished-a1b2c3d4"
    left.mkdir()

    def no_locks(*_):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    put(tmp_path / "latest", "first")
    assert (tmp_path / "latest" / "index.html").read_text() == "first"
    assert left.exists()  # nobody can say whether somebody works in it


def test_no_right_to_write_is_named(tmp_path):
    folder = tmp_path / "reports"
    folder.mkdir(mode=0o500)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)  # root may write anywhere, nobody may not
    try:
        with pytest.raises(BadInput, match="cannot write there: Permission denied"), scratch_beside(folder / "latest"):
            pytest.fail("a scratch folder was made")
    finally:
        if root:
            os.seteuid(0)
