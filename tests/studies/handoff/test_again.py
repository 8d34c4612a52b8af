"""What it costs, measured again by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lib.cache import ROOT
from lib.studies.handoff import again
from lib.studies.handoff.costs import Cost

COST = Cost(197_700_000, (0.5, 0.6, 0.7), (0.05, 0.06, 0.07), 136_000_000)


@pytest.fixture
def asked(monkeypatch):
    """What was to be measured, in place of measuring it."""
    found = []

    def of_pytorch(handoff, photo: Path, rounds: int) -> Cost:
        found.append((handoff.subject.name, handoff.photos.readable[0].data == photo.read_bytes(), rounds))
        return COST

    def of_package(there, photo: Path, rounds: int) -> Cost:
        found.append((there, photo.name, rounds))
        return COST

    monkeypatch.setattr(again, "of_pytorch", of_pytorch)
    monkeypatch.setattr(again, "of_package", of_package)
    return found


def test_each_quantity_has_a_line_that_begins_with_its_name_on_the_first_screen(asked, capsys):
    assert again.main([]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "installed     198 MB",
        "first answer  0.60 s",
        "median        60.0 ms",
        "memory        136 MB",
    ]


def test_parameters_of_a_whole_run_are_taken(asked, tmp_path):
    path = tmp_path / "parameters.yml"
    path.write_text("subject: b0-stand-in\nrounds: 7\nrandom_sizes: 60\nfault: _blocks.7\n")
    assert again.main(["--params", str(path)]) == 0
    assert asked == [("b0-stand-in", True, 7)]


def test_a_wheel_is_installed_by_the_name_of_its_file(asked, tmp_path, monkeypatch):
    wheel = tmp_path / "mine_onnx-2020.1.1.0-py3-none-any.whl"
    wheel.touch()

    class Fresh:
        def __init__(self, *given) -> None:
            self.given = given

        def __enter__(self):
            return self.given

        def __exit__(self, *_) -> None:
            pass

    monkeypatch.setattr(again, "fresh", Fresh)
    monkeypatch.setattr(again.wheels, "require", lambda which: None)
    assert again.main(["--wheel", str(wheel)]) == 0
    (((place, name, versions), photo, rounds),) = asked
    assert (place, name, sorted(versions)) == (wheel, "mine-onnx", ["numpy", "onnxruntime", "pillow"])
    assert (photo, rounds) == ("coffee.png", 40)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--wheel", "missing-1-py3-none-any.whl"], "no such file"),
        (["--wheel", "mine.zip"], "is not named as a wheel is"),
        (["--params", "missing.yml"], "cannot read missing.yml"),
        (["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(arguments, said, capsys):
    assert again.main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert said in error
    assert len(error.splitlines()) == 1


def test_it_is_a_command():
    command = [sys.executable, "-m", "lib.studies.handoff.again", "--help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "--wheel" in said
