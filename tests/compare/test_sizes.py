"""Sizes drawn at random."""

from __future__ import annotations

import pytest

from lib.compare.sizes import AREA, PHOTO_SIDES, drawn, drawn_fed, drawn_photos
from lib.deploy import Contract, Domain

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


def test_what_a_contract_leads_to_has_its_side_in_one_direction():
    keeps = Contract(224, "shorter-side", "bilinear", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    sizes = drawn_fed(keeps, DOMAIN, 0)
    assert all(min(size) == 224 and max(size) <= 1024 for size in sizes)
    for seed in range(50):
        found = drawn_fed(keeps, DOMAIN, seed)
        assert any(height in range(400, 481) for height, _ in found)
        assert any(width in range(400, 481) for _, width in found)
    crops = Contract(256, "shorter-side-crop", "bilinear", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), 224)
    assert drawn_fed(crops, DOMAIN, 0) == [(224, 224)]


def test_photos_have_every_width_and_height_and_are_not_too_long():
    for seed in range(50):
        sizes = drawn_photos(4.5, seed)
        assert sizes == drawn_photos(4.5, seed)
        assert all(PHOTO_SIDES[0] / 4.5 <= min(size) and max(size) <= 4.5 * min(size) for size in sizes)
        assert all(width * height <= max(1.01 * AREA, max(width, height) ** 2 / 4.4) for width, height in sizes)
        for least in (10, 100, 230, 700, 1300, 2500):
            inside = range(least, int(1.42 * least) + 1)
            assert any(width in inside for width, _ in sizes)
            assert any(height in inside for _, height in sizes)
