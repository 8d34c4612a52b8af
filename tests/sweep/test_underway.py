"""A photo that ends processes is found out, and no other one is blamed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.sweep.underway import Underway


def ended_at(place: Path, *numbers: int) -> Underway:
    """An attempt whose process ended after it began with these photos."""
    attempt = Underway(place)
    for number in numbers:
        attempt.begins(number)
    return attempt


def test_the_first_attempt_is_not_careful(tmp_path):
    assert not Underway(tmp_path / "a").careful


def test_a_photo_is_left_out_after_two_careful_attempts_ended_at_it(tmp_path):
    place = tmp_path / "a"
    ended_at(place, 0, 1, 2, 3)  # which of the last two it was is not known
    second = ended_at(place, 0, 1, 2)
    assert (second.careful, second.blamed) == (True, frozenset())
    assert ended_at(place, 0, 1, 2).blamed == frozenset()
    assert Underway(place).blamed == {2}


def test_two_ends_at_two_photos_blame_neither(tmp_path):
    place = tmp_path / "a"
    ended_at(place, 0)
    ended_at(place, 0, 1)
    ended_at(place, 0, 1, 2)
    assert Underway(place).blamed == frozenset()


def test_an_attempt_that_ends_in_order_takes_all_notes_away(tmp_path):
    place = tmp_path / "a"
    ended_at(place, 0)
    with Underway(place) as attempt:
        attempt.begins(0)
    assert list(tmp_path.iterdir()) == []
    assert not Underway(place).careful


def test_an_attempt_that_ended_before_it_began_with_a_photo_blames_none(tmp_path):
    place = tmp_path / "a"
    for _ in range(4):
        ended_at(place)
    assert Underway(place).blamed == frozenset()


@pytest.mark.parametrize("at", [0, 5, 6, 7, 40, 71])
def test_a_note_that_was_damaged_blames_none(tmp_path, at):
    place = tmp_path / "a"
    ended_at(place, 0)
    for _ in range(2):
        ended_at(place, 0, 2)
    assert Underway(place).blamed == {2}
    for path in tmp_path.glob("*.careful.underway"):
        data = bytearray(path.read_bytes())
        if data:
            data[-72 + at] ^= 1
            path.write_bytes(data)
    found = Underway(place)
    assert (found.careful, found.blamed) == (True, frozenset())


def test_another_result_beside_it_does_not_count(tmp_path):
    ended_at(tmp_path / "a", 0)
    assert not Underway(tmp_path / "b").careful
