"""Sizes drawn at random."""

from __future__ import annotations

import pytest

from lib.compare.sizes import drawn
from lib.deploy import Domain

DOMAIN = Domain(32, 1024)


def test_sizes_are_drawn_from_the_seed_and_inside_of_the_domain():
    assert drawn(DOMAIN, 3) == drawn(DOMAIN, 3) != drawn(DOMAIN, 4)
    assert all(32 <= side <= 1024 for seed in range(50) for size in drawn(DOMAIN, seed) for side in size)


@pytest.mark.parametrize("least", [32, 33, 60, 100, 223, 400, 701, 850])
def test_no_range_of_a_fifth_is_left_out(least):
    inside = range(least, int(least * 1.2) + 1)
    for seed in range(50):
        assert any(height in inside and width in inside for height, width in drawn(DOMAIN, seed))


def test_a_domain_of_one_size_gives_that_size():
    assert set(drawn(Domain(224, 224), 0)) == {(224, 224)}
