"""A process ends with the one that started it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from lib.guarded.lifeline import lifeline
from tests.guarded.processes import gone


@pytest.mark.parametrize("how", ["loops", "closes", "matches"])
def test_it_ends_with_all_that_it_started_when_the_block_is_left(how):
    command = [sys.executable, "-m", "tests.guarded.waits", how]
    with lifeline() as stdin:
        process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, start_new_session=True, text=True)
        started = [int(number) for number in process.stdout.readline().split()]
        assert process.poll() is None
    assert process.wait(timeout=10) == -9
    assert gone(*started)
    process.stdout.close()


def test_it_ends_when_the_parent_is_killed():
    command = [sys.executable, "-m", "tests.guarded.waits", "parent"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        started = [int(number) for number in parent.stdout.readline().split()]
        assert not any(gone(number, within=0) for number in started)
        os.kill(parent.pid, 9)
    assert gone(*started)
