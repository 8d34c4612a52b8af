"""Pictures in rows."""

from __future__ import annotations

import matplotlib.colors
import numpy as np
import pytest

from lib.inputs.photos import Photo
from lib.report import gallery
from lib.report.drawing import PICTURED, VERMILION, figure
from lib.report.gallery import Panel
from tests.conftest import assert_whole, encoded, picture


def panels(count: int) -> list[Panel]:
    return [Panel(np.asarray(picture(12, 8, seed=i)), f"number {i}", marked=i == 1) for i in range(count)]


def test_every_panel_is_drawn_under_its_title_and_what_is_left_of_a_row_stays_blank(drawn):
    html = gallery.gallery(panels(5), 3, "five pictures.", "Five of them.")
    assert 'alt="five pictures."' in html
    assert "<figcaption>Five of them.</figcaption>" in html
    assert "data:image/webp" in html
    axes = drawn[0].axes
    assert [each.get_title(loc="left") for each in axes] == [*(f"number {i}" for i in range(5)), ""]
    assert [len(each.images) for each in axes] == [1] * 5 + [0]
    assert not any(each.axison for each in axes)
    assert_whole(drawn[0])


def test_a_marked_title_stands_out(drawn):
    gallery.gallery(panels(3), 3, "alt", "caption")
    colours = [matplotlib.colors.to_hex(axes._left_title.get_color()) for axes in drawn[0].axes]
    assert [colour == VERMILION.lower() for colour in colours] == [False, True, False]


def test_rows_are_as_high_as_asked(drawn):
    gallery.gallery(panels(4), 2, "alt", "caption", row=1.5)
    assert drawn[0].get_size_inches()[1] == 2 * 1.5


@pytest.mark.parametrize(("count", "columns", "places"), [(1, 4, 4), (4, 4, 4), (5, 4, 8)])
def test_a_grid_has_a_place_for_each_thing(count, columns, places):
    drawn = figure(2)
    given = list(gallery.grid(drawn, columns, range(count)))
    assert [thing for _, thing in given] == list(range(count))
    assert len(drawn.axes) == places
    assert [axes for axes, _ in given] == drawn.axes[:count]


def test_photos_are_shown_with_their_names_sizes_and_kinds(drawn):
    every = [Photo.of(f"{i}$.png", encoded(picture(40 + i, 30))) for i in range(2)]
    html = gallery.photos(every)
    assert "Thumbnails of the photos in this run: 0$.png (40 by 30 pixels), 1$.png (41 by 30 pixels)." in html
    assert "are shown" not in html
    assert [axes.get_title(loc="left") for axes in drawn[0].axes] == ["0$.png\n40×30, PNG RGB", "1$.png\n41×30, PNG RGB"]


def test_of_many_photos_the_first_are_shown(drawn):
    every = [Photo.of(f"{i}.png", encoded(picture(20, 30))) for i in range(PICTURED + 1)]
    assert f"The first {PICTURED} of {PICTURED + 1} are shown." in gallery.photos(every)
    assert sum(len(axes.images) for axes in drawn[0].axes) == PICTURED


def test_the_bundled_photos_gallery_is_whole(lite0, drawn):
    gallery.photos(lite0.photos.readable)
    assert_whole(drawn[0])
