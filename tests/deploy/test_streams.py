"""A command whose output is closed, full, or read by nobody any more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib.cache import ROOT
from lib.deploy import streams

SAYS = "import sys; from lib.deploy import streams\ndef command():\n    {0}\n    return 1\nsys.exit(streams.run(command))"
MANY = "[print('a line of some length') for _ in range(100_000)]"
ENDS = {
    "unread": "{ %s; echo $? >&3; } 3>code | head -1",
    "both unread": "{ %s; echo $? >&3; } 3>code 2>&1 | head -1",
    "closed": "%s >&-; echo $? >code",
    "all closed": "%s <&- >&- 2>&-; echo $? >code",
    "errors closed": "%s 2>&- | cat; echo ${PIPESTATUS[0]} >code",
    "full": "%s >/dev/full; echo $? >code",
    "errors full": "%s 2>/dev/full; echo $? >code",
    "both full": "%s >/dev/full 2>&1; echo $? >code",
}


def ended(folder: Path, body: str, way: str, **environment: str) -> tuple[int, str, str]:
    """The exit code of a command of this body, and what the shell saw on its output and errors."""
    (folder / "it.py").write_text(SAYS.format(body))
    shell = ["bash", "-c", ENDS[way] % f"{sys.executable} it.py"]
    known = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    done = subprocess.run(shell, cwd=folder, env=known, capture_output=True, text=True, timeout=60)
    return int((folder / "code").read_text()), done.stdout, done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("way", ["unread", "both unread"])
def test_a_reader_that_leaves_ends_it_silently(tmp_path, way, unbuffered):
    body = f"{MANY}; raise AssertionError('it went on')"
    assert ended(tmp_path, body, way, PYTHONUNBUFFERED=unbuffered) == (141, "a line of some length\n", "")


def test_what_handles_errors_does_not_handle_that(tmp_path):
    body = f"\n    try: {MANY}\n    except Exception: return 3"
    assert ended(tmp_path, body, "unread") == (141, "a line of some length\n", "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_disk_that_is_full_is_one_line(tmp_path, unbuffered):
    said = "error: the answer cannot be written: No space left on device\n"
    for body in (MANY, "print('short')"):
        assert ended(tmp_path, body, "full", PYTHONUNBUFFERED=unbuffered) == (2, "", said)
    assert ended(tmp_path, "print('short')", "both full") == (2, "", "")


@pytest.mark.parametrize("way", ["closed", "all closed"])
def test_a_closed_output_swallows_what_is_printed(tmp_path, way):
    assert ended(tmp_path, f"{MANY}; print('x', file=sys.stderr)", way) == (1, "", "x\n" if way == "closed" else "")


@pytest.mark.parametrize("way", ["errors closed", "errors full"])
def test_errors_that_cannot_be_written_end_nothing_and_are_not_printed_elsewhere(tmp_path, way):
    body = f"{MANY.replace(')', ', file=sys.stderr)', 1)}; print('answer')"
    assert ended(tmp_path, body, way) == (1, "answer\n", "")


@pytest.mark.parametrize("way", ["closed", "all closed"])
def test_no_file_takes_the_place_of_a_closed_output(tmp_path, way):
    body = "import os; file = open('data', 'w'); os.write(1, b'x'); os.write(2, b'x'); os.system('echo x')"
    ended(tmp_path, body, way)
    assert (tmp_path / "data").read_bytes() == b""


def test_any_output_takes_any_text(tmp_path):
    said = ended(tmp_path, "print('é \\udcff')", "errors full", PYTHONIOENCODING="ascii")
    assert said == (1, "\\xe9 \\udcff\n", "")


def test_ctrl_c_is_no_traceback_and_the_streams_are_given_back(capsys):
    def command() -> int:
        print("begun")
        raise KeyboardInterrupt

    before = sys.stdout, sys.stderr
    assert streams.run(command) == 130
    assert (sys.stdout, sys.stderr) == before
    assert capsys.readouterr() == ("begun\n", "")
