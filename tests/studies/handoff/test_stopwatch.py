"""The stopwatch runs a job in a process of its own and says what it took."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from lib.cache import ROOT
from lib.studies.handoff import stopwatch
from tests.conftest import encoded, picture

CALLS = []


class Slow:
    """Has its answer as an attribute, as a Classifier has."""

    def __init__(self, seconds: float) -> None:
        time.sleep(seconds)

    def probabilities(self, data: bytes) -> int:
        CALLS.append(data)
        return len(data)


def counting(said: str):
    def answer(data: bytes) -> None:
        CALLS.append((said, data))

    return answer


def job(**changes) -> dict:
    return {"factory": "", "arguments": [], "photo": "", "started": time.time(), "rounds": 3} | changes


def test_the_first_answer_is_timed_from_the_start_and_the_others_one_by_one(tmp_path):
    (tmp_path / "photo").write_bytes(b"bytes")
    CALLS.clear()
    said = stopwatch.main(job(factory=f"{__name__}:Slow", arguments=[0.05], photo=str(tmp_path / "photo")))
    assert said["first"] >= 0.05
    assert len(said["laps"]) == 3
    assert max(said["laps"]) < 0.05
    assert said["memory"] > 1e6
    assert CALLS[0] == b"bytes"


def test_a_function_is_called_as_it_is(tmp_path):
    (tmp_path / "photo").write_bytes(b"bytes")
    CALLS.clear()
    assert (
        stopwatch.main(job(factory=f"{__name__}:counting", arguments=["x"], photo=str(tmp_path / "photo"), rounds=0))["laps"]
        == []
    )
    assert set(CALLS) == {("x", b"bytes")}


def test_it_is_a_process_that_prints_one_object(lite0, tmp_path):
    (tmp_path / "photo.png").write_bytes(encoded(picture(64, 48)))
    order = job(factory="lib.deploy:Classifier", arguments=[str(lite0.onnx_path)], photo=str(tmp_path / "photo.png"), rounds=2)
    command = [sys.executable, "-m", "lib.studies.handoff.stopwatch", json.dumps(order)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout).keys() == {"first", "laps", "memory"}
    assert done.stdout.count("\n") == 1


def test_what_cannot_be_opened_is_no_time(tmp_path):
    with pytest.raises(AttributeError):
        stopwatch.main(job(factory="lib.deploy:Nothing"))
