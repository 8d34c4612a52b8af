"""The hashes of everything that a run leaves, as ``sha256sum`` reads them."""

from __future__ import annotations

import subprocess

from lib.report import sums


def test_sha256sum_itself_finds_every_file_whatever_its_name(tmp_path):
    (tmp_path / "handoff").mkdir()
    names = ["b.html", "a.html", "handoff/a wheel.whl", "back\\slash", "two\nlines", "ümlaut"]
    for name in names:
        (tmp_path / name).write_text(name)
    sums.write(tmp_path)
    sums.write(tmp_path)  # itself is not among them
    lines = (tmp_path / sums.NAME).read_text().splitlines()
    assert len(lines) == len(names)
    assert [line.split("  ")[1] for line in lines][:2] == ["a.html", "b.html"]
    checked = subprocess.run(["sha256sum", "--strict", "-c", sums.NAME], cwd=tmp_path, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    (tmp_path / "two\nlines").write_text("edited")
    assert subprocess.run(["sha256sum", "-c", sums.NAME], cwd=tmp_path, capture_output=True).returncode == 1
