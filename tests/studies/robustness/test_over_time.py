"""Some hundred calls in a row."""

from __future__ import annotations

import time

import numpy as np
import pytest

from lib.deploy import BadInput
from lib.inputs.deployment import Usage
from lib.studies.robustness import over_time
from lib.studies.robustness.over_time import BROKEN, PHOTOS, soak

SAME = 1e-6


class Deployed:
    """Stands for a deployment in its process; what each call leaves behind is given."""

    def __init__(self, answer=lambda call, photo: 0.5, memory=0.0, files=0.0, threads=0.0, slower=0.0):
        self.calls = self.broken = 0
        self.answer = answer
        self.left = memory, files, threads
        self.slower = slower

    def answers(self, photos):
        if photos[0][-8:-4] != b"IEND":  # the broken file
            self.broken += 1
            return [BadInput("no picture")]
        self.calls += 1
        time.sleep(self.slower * self.calls)
        return [np.float32([[self.answer(self.calls, photo), 0]]) for photo in photos]

    def usage(self):
        memory, files, threads = (each * self.calls for each in self.left)
        return Usage(int(1e8 + 1e6 * memory), int(5 + files), int(3 + threads))


def test_a_deployment_that_keeps_nothing_is_as_it_was():
    found = soak(Deployed(), SAME, 0)
    assert (found.calls, found.compared, found.worst, found.off) == (2 * PHOTOS, PHOTOS, 0.0, ())
    assert (found.memory, found.files, found.threads) == (0, 0, 0)
    assert abs(found.slower) < 0.01


@pytest.mark.parametrize(("what", "each"), [("memory", 1.0), ("files", 1.0), ("threads", 1.0)])
def test_what_each_call_leaves_behind_is_measured(what, each):
    found = soak(Deployed(**{what: each}), SAME, 0)
    assert getattr(found, what) == pytest.approx(each, rel=0.05)


def test_calls_that_take_longer_and_longer_are_measured():
    assert soak(Deployed(slower=2e-5), SAME, 0).slower == pytest.approx(0.02, rel=0.3)


def test_a_slow_deployment_is_asked_less_often(monkeypatch):
    monkeypatch.setattr(over_time, "LIMIT", 0.1)
    found = soak(Deployed(slower=1e-4), SAME, 0)
    assert over_time.LEAST < found.calls < 2 * PHOTOS


def test_an_answer_that_changes_after_many_calls_is_found():
    found = soak(Deployed(lambda call, photo: 0.5 if call <= 150 else 0.4), SAME, 0)
    assert found.worst == pytest.approx(0.1, abs=1e-6)
    assert found.off[0] == "call 151"


def test_a_cache_that_mixes_photos_up_once_it_is_full_is_found():
    kept: dict[bytes, float] = {}

    def answer(call, photo):
        if photo in kept:
            return kept[photo]
        if len(kept) == 128:
            kept[next(iter(kept))] = len(photo)  # the oldest one's place is given away, and its key stays
        else:
            kept[photo] = hash(photo) % 1000
        return hash(photo) % 1000

    assert soak(Deployed(answer), SAME, 0).worst > 1


def test_more_calls_are_made_where_more_are_asked_for():
    assert soak(Deployed(), SAME, 0, times=2).calls == 4 * PHOTOS


def test_files_that_cannot_be_read_are_among_them():
    deployed = Deployed()
    soak(deployed, SAME, 0)
    assert deployed.broken == -(-2 * PHOTOS // BROKEN)
