"""Every command with an output that nobody reads, that is closed, or that is full."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lib.cache import ROOT
from lib.run.command import main
from lib.run.exit_codes import CHECK_FAILED, SHIP, UNREAD, WRONG_USE
from tests.audit.made import left, row
from tests.conftest import encoded, picture
from tests.run import tiny

LIB = "import sys; from pathlib import Path; from lib.run.command import main; here = Path(sys.argv.pop(1))\n"
LIB += "sys.exit(main(sys.argv[1:], here / 'notebooks', here / 'table.toml'))"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}  # a tiny notebook takes its policy from the tests
GATE = "import sys; from lib.gate.command import main; sys.exit(main(sys.argv[2:]))"


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """Notebooks, a report of theirs, two results that differ, a photo and the tensor of a service."""
    folder = tmp_path_factory.mktemp("pipes")
    (folder / "notebooks").mkdir()
    shutil.copy(tiny.NOTEBOOKS / "ships.ipynb", folder / "notebooks")
    tiny.table(["ships"], folder / "table.toml")
    assert main(["run", "--out", str(folder / "report")], folder / "notebooks", folder / "table.toml") == SHIP
    left(folder / "before")
    left(folder / "after", checks=[row("a.off", 0.5)])
    (folder / "photo.png").write_bytes(encoded(picture(60, 40)))
    np.save(folder / "tensor.npy", np.zeros((224, 336, 3), np.uint8))
    return folder


DIAGNOSE = ("diagnose", "--photo", "photo.png", "--tensor", "tensor.npy", "--out", "page.html")
VERDICTS = {
    ("verify", "report"): SHIP,
    ("diff", "before", "after"): CHECK_FAILED,
    ("diff", "--json", "before", "before"): SHIP,
    DIAGNOSE: CHECK_FAILED,
    ("run", "--out", "again"): SHIP,
}
QUICK = [("verify", "report"), ("run", "--out", "again")]


def ended(place: Path, program: str, *arguments: str, **streams: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, str(place), *arguments]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    return subprocess.run(command, cwd=place, env=ENVIRONMENT, text=True, timeout=120, **given)


@pytest.fixture
def unread():
    """A pipe whose reader left."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@pytest.mark.parametrize("arguments", VERDICTS, ids=lambda each: " ".join(each[:2]))
def test_a_command_that_nobody_listens_to_says_nothing_and_no_verdict(place, unread, arguments):
    assert ended(place, LIB, *arguments, stdout=unread, stderr=unread).returncode == UNREAD


@pytest.mark.parametrize("arguments", [(LIB, "--help"), (LIB, "run", "--help"), (GATE, "--help")])
def test_neither_does_its_help(place, unread, arguments):
    done = ended(place, *arguments, stdout=unread)
    assert (done.returncode, done.stderr) == (UNREAD, "")


def test_a_run_goes_on_when_nobody_looks_at_its_progress(place, unread):
    done = ended(place, LIB, "run", "--out", "unseen", stderr=unread)
    assert done.returncode == SHIP
    assert "✓ Ship" in done.stdout
    assert (place / "unseen" / "report.html").exists()


@pytest.mark.parametrize("arguments", QUICK, ids=lambda each: each[0])
def test_a_full_disk_is_one_line(place, arguments):
    with Path("/dev/full").open("w") as full:
        done = ended(place, LIB, *arguments, stdout=full)
    assert done.returncode == WRONG_USE
    assert done.stderr.splitlines()[-1] == "error: the answer cannot be written: No space left on device"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", QUICK, ids=lambda each: each[0])
def test_a_closed_output_leaves_the_verdict(place, arguments):
    closed = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", sys.executable, "-c", LIB, str(place), *arguments]
    assert subprocess.run(closed, cwd=place, env=ENVIRONMENT, timeout=120).returncode == VERDICTS[arguments]


def test_wrong_use_is_wrong_use_whoever_listens(place, unread):
    assert ended(place, LIB, "verify", "nowhere", stdout=unread, stderr=unread).returncode == WRONG_USE
