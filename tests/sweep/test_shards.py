"""Photos are dealt out so that a change in the folder changes little."""

from __future__ import annotations

from lib.sweep.shards import ABOUT, MOST, shards

NAMES = [f"{number:05d}.jpg" for number in range(2000)]


def test_every_photo_is_in_one_group_and_in_its_order():
    assert [path for group in shards(NAMES) for path in group] == NAMES
    assert list(shards([])) == []


def test_groups_are_bounded_and_of_about_the_size_that_is_said():
    sizes = [len(group) for group in shards(NAMES)]
    assert max(sizes) <= MOST
    assert ABOUT / 2 < sum(sizes) / len(sizes) < ABOUT * 1.5


def test_a_photo_that_is_new_or_gone_leaves_other_groups_as_they_are():
    before = set(shards(NAMES))
    for changed in ([*NAMES[:700], "00699b.jpg", *NAMES[700:]], NAMES[:700] + NAMES[701:]):
        assert len(set(shards(changed)) - before) <= 3


def test_names_that_are_no_utf8_are_dealt_out_too():
    assert list(shards(["\udcff.jpg"])) == [("\udcff.jpg",)]


def test_paths_are_read_as_groups_are_asked_for():
    read = []
    groups = shards(read.append(path) or path for path in NAMES)
    next(groups)
    assert len(read) <= MOST + 1
