"""The command that names the mistake behind a tensor."""

from __future__ import annotations

import io
import itertools
import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from lib.__main__ import main
from tests.conftest import encoded, picture
from tests.run.looks import look_at

PHOTO = picture(450, 300)
DATA = encoded(PHOTO)


@pytest.fixture
def service(tmp_path):
    """A folder with a photo, as a team has it, and a way to run the command there."""
    (tmp_path / "photo.png").write_bytes(DATA)
    count = itertools.count()

    def run(tensor, **options: str) -> int:
        path = tmp_path / f"{next(count)}.npy"
        if isinstance(tensor, bytes):
            path.write_bytes(tensor)
        else:
            np.save(path, tensor)
        given = {"photo": str(tmp_path / "photo.png"), "tensor": str(path), "out": str(tmp_path / "page.html")} | options
        return main(["diagnose", *(part for name, value in given.items() for part in (f"--{name}", value))])

    return run


def test_the_command_names_the_mistake_and_writes_a_page_that_is_fit_to_read(service, tmp_path, capsys, browser):
    assert service(cv2.resize(np.asarray(PHOTO), (336, 224))) == 1
    said = capsys.readouterr().out
    assert said.startswith("✗ bilinear without antialiasing\n")
    assert "The first stage that differs is resize." in said
    html = (tmp_path / "page.html").read_text()
    assert "<h1>✗ bilinear without antialiasing</h1>" in html
    assert "cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)" in html
    look_at(browser, tmp_path / "page.html")


def test_the_references_own_input_is_exit_code_0(service, capsys):
    assert service(np.asarray(PHOTO.resize((336, 224), 2))) == 0
    assert capsys.readouterr().out.startswith("✓ The reference's own input\n")


@pytest.mark.parametrize(
    ("tensor", "options", "said"),
    [
        (b"no numpy", {}, "not a .npy file of numbers"),
        (np.zeros((4, 4)), {}, "dump what one photo becomes"),
        (np.zeros((4, 4, 3)), {"photo": "missing.jpg"}, "cannot read missing.jpg"),
        (np.zeros((4, 4, 3)), {"subject": "lite1"}, "unknown subject 'lite1'"),
        (np.zeros((4, 4, 3)), {"out": "no/such/folder/page.html"}, "cannot write there"),
    ],
)
def test_wrong_use_of_the_command_is_one_line_and_leaves_no_page(service, tmp_path, capsys, tensor, options, said):
    assert service(tensor, **options) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "page.html").exists()


def test_a_pickle_is_not_opened(service, capsys):
    buffer = io.BytesIO()
    np.save(buffer, np.array([print], dtype=object), allow_pickle=True)
    assert service(buffer.getvalue()) == 2
    assert "Python objects is refused" in capsys.readouterr().err


def test_a_terminal_and_a_system_that_know_ascii_alone_are_enough(service, tmp_path):
    service(cv2.resize(np.asarray(PHOTO), (336, 224)))
    page = tmp_path / "page.html"
    before = page.read_bytes()
    page.unlink()
    files = {"photo": "photo.png", "tensor": "0.npy", "out": page.name}
    options = [f"--{name}={tmp_path / file}" for name, file in files.items()]
    ran = subprocess.run(
        [sys.executable, "-m", "lib", "diagnose", *options],
        env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        encoding="ascii",
    )
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout.startswith("\\u2717 bilinear without antialiasing\n")
    assert page.read_bytes() == before
