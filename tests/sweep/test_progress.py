"""A line says how far a sweep is, and nothing waits for the count of photos."""

from __future__ import annotations

import time

import pytest

from lib.sweep.progress import Progress, said
from lib.sweep.shard import Done


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ((0, 0, None, 1), "0 photos"),
        ((0, 0, 56, 1), "0 of 56 photos"),
        ((1200, 0, None, 60), "1,200 photos, 20.0 photos/s"),
        ((1200, 3, 50_000, 60), "1,200 of 50,000 photos, 20.0 photos/s, 41 min left, 3 could not be read"),
        ((500, 0, 1000, 50), "500 of 1,000 photos, 10.0 photos/s, 50 s left"),
        ((100, 0, 100_000, 100), "100 of 100,000 photos, 1.0 photos/s, 27 h 45 min left"),
    ],
)
def test_a_line_has_what_is_done_the_rate_and_the_time_left(asked, line):
    assert said(*asked) == line


def test_lines_come_now_and_then_and_a_listing_that_takes_long_is_not_waited_for():
    lines = []

    def slowly():
        yield "a"
        time.sleep(5)
        yield "b"

    progress = Progress(lines.append, slowly(), each=0)
    progress({0: Done((), 4, 1, 4)})
    assert lines[0].startswith("4 photos, ")
    assert lines[0].endswith("1 could not be read")
    rare = Progress(lines.append, [], each=60)
    rare({})
    assert len(lines) == 1
