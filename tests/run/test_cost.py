"""The command that says what each mistake costs on a folder of photos."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lib.cache import ROOT
from lib.run.command import main
from lib.run.exit_codes import INTERRUPTED, SHIP, WRONG_USE
from tests.run.looks import assert_self_contained, look_at, pages, results
from tests.run.test_hostile import ODD, place  # noqa: F401  (a fixture)
from tests.sweep import made


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    folder = made.folder(tmp_path_factory.mktemp("cost") / "photos", 6)
    (folder / "<b>'q\" &.png").write_bytes((folder / "005.png").read_bytes()[:400])
    (folder / "copy.png").write_bytes((folder / "004.png").read_bytes())
    return folder


@pytest.fixture(scope="module")
def report(photos, tmp_path_factory) -> Path:
    """A folder, half of it labelled, and another version in production."""
    out = tmp_path_factory.mktemp("report")
    (out / "labels.csv").write_text("photo,class\n002.png,tabby\n003.png,0\nsub,cup\n")
    asked = ["--photos", str(photos), "--labels", str(out / "labels.csv"), "--against", "lib.deploy:pipeline"]
    assert main(["cost", *asked, "--out", str(out / "cost")]) == 1  # eight photos cannot tell that one in a hundred flips
    return out / "cost"


def test_the_report_says_what_was_looked_at_and_what_each_mistake_costs(report):
    got = results(report)
    assert [each["name"] for each in got["notebooks"]] == ["09_cost"]
    checks = {check["id"]: check for check in got["checks"]}
    assert checks["cost.deployment"]["measured"] == checks["cost.recomputed"]["measured"] == 0
    assert (checks["cost.failed"]["measured"], checks["cost.failed"]["compared"]) == (1, 8)
    assert not checks["cost.replacement"]["passed"]
    assert got["told"]["mistakes"]["photos"] == 6
    said = (report / "summary.md").read_text()
    assert "6 photos of the swept folder" in said
    assert "7 (" not in said
    page = (report / "09_cost.html").read_text()
    assert "photos readable" not in page  # of those that this run did not look at
    assert "6 photos can tell how often an answer changes" in page
    assert "&lt;b&gt;" in page
    assert "<b>'q" not in page


def test_the_report_is_fit_to_read_and_does_not_say_where_things_lie(report, photos, browser):
    for page in pages(report):
        assert_self_contained(page)
        look_at(browser, page)
    for path in (path for path in report.rglob("*") if path.is_file()):
        assert str(photos.parent).encode() not in path.read_bytes(), path.name
        assert str(ROOT).encode() not in path.read_bytes(), path.name


@pytest.mark.parametrize(
    ("option", "name"),
    [
        *(("photos", name) for name in ODD if name != "folder.toml"),  # an empty folder has a test of its own
        *(("labels", name) for name in ("fifo.toml", "loop.toml", "zero.toml", "folder.toml", "missing\nline.toml")),
    ],
    ids=ascii,
)
def test_a_path_that_cannot_be_used_is_one_line(place, photos, tmp_path, capsys, option, name):  # noqa: F811
    refused(capsys, tmp_path, {"photos": str(photos), option: str(place / name)})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"photos": "empty"}, "no photo in this folder or in its subfolders"),
        ({"labels": "labels.csv"}, "there is no folder of photos"),
        ({"photos": "photos", "labels": "unmatched.csv"}, "labels"),
        ({"photos": "photos", "labels": "unknown.csv"}, "unknown class"),
        ({"photos": "photos", "against": "labels.csv"}, "against"),
        ({"photos": "photos", "against": "no_module_here:pipeline"}, "cannot import no_module_here"),
        ({"photos": "photos", "scheduler": "tcp://127.0.0.1:9"}, "scheduler tcp://127.0.0.1:9: "),
        ({"photos": "photos", "scheduler": "no address"}, "scheduler no address: "),
    ],
    ids=lambda each: ascii(each)[:40],
)
def test_what_does_not_fit_is_one_line_and_an_earlier_report_stays(tmp_path, monkeypatch, capsys, given, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("lib.sweep.spread.CONNECT", 1.0)
    (tmp_path / "empty").mkdir()
    made.folder(tmp_path / "photos", 2)
    (tmp_path / "labels.csv").write_text("a.png,tabby\n")
    (tmp_path / "unmatched.csv").write_text("elsewhere.png,tabby\n")
    (tmp_path / "unknown.csv").write_text("sub,no such class\n")
    assert said in refused(capsys, tmp_path, given)


def refused(capsys, tmp_path: Path, given: dict[str, str]) -> str:
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    (earlier / "report.html").write_text("earlier")
    (earlier / "results.json").write_text('{"notebooks": [], "attachments": {}}')
    arguments = [part for name, value in given.items() for part in (f"--{name}", value)]
    capsys.readouterr()
    assert main(["cost", *arguments, "--out", str(earlier)]) == WRONG_USE
    printed = capsys.readouterr().err
    lines = [line for line in printed.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    assert printed.endswith(f"{lines[0]}\n")
    assert lines[0].isprintable()
    assert (earlier / "report.html").read_text() == "earlier"
    return lines[0]


def test_a_place_where_no_report_can_be_is_said_before_the_sweep(tmp_path, capsys, photos, monkeypatch):
    monkeypatch.setattr("lib.sweep.sweep.swept", lambda *_: pytest.fail("it was swept"))
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["cost", "--photos", str(photos), "--out", str(tmp_path)]) == WRONG_USE
    assert "holds something other than a report" in capsys.readouterr().err


def test_ctrl_c_keeps_what_was_found_and_the_same_command_goes_on(tmp_path, lite0):
    models = tmp_path / "cache" / "models"  # a cache that no other test writes to, with the exported network
    models.mkdir(parents=True)
    for path in lite0.onnx_path.parent.glob(f"{lite0.onnx_path.name}*"):
        shutil.copy(path, models)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HANDOFF_CACHE": str(tmp_path / "cache")}
    many = made.folder(tmp_path / "photos", 40)
    command = [sys.executable, "-m", "lib", "cost", "--photos", str(many), "--out", str(tmp_path / "cost")]
    default = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731  (a suite may be started ignoring it)
    started = subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path, preexec_fn=default
    )
    kept, deadline = tmp_path / "cache" / "sweep", time.monotonic() + 120
    while not list(kept.rglob("*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.1)
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert started.returncode == INTERRUPTED, err
    assert "Traceback" not in err
    assert "interrupted" in err
    assert not (tmp_path / "cost").exists()
    lying = list(kept.rglob("*.parquet"))
    assert lying
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ended.returncode == SHIP, ended.stderr
    told = results(tmp_path / "cost")["told"]["mistakes"]
    assert told["photos"] == 40
    assert all(path.exists() for path in lying)
