"""Pictures in rows."""

from __future__ import annotations

import re

import numpy as np

from lib.inputs.photos import Photo
from lib.report import gallery
from lib.report.drawing import PICTURED
from lib.report.gallery import Panel
from lib.report.html import Html
from tests.conftest import encoded, picture


def panels(count: int, width: int = 12) -> list[Panel]:
    return [
        Panel(np.asarray(picture(width, 8, seed=i)), f"number {i}", f"picture {i}", "0.5", marked=i == 1) for i in range(count)
    ]


def test_every_panel_is_shown_under_its_title_with_an_alt_text_of_its_own():
    html = gallery.gallery(panels(5), "Five of them.")
    assert re.findall(r"<p>(number \d)<br>0.5</p>", html) == [f"number {i}" for i in range(5)]
    assert re.findall(r'alt="(picture \d)"', html) == [f"picture {i}" for i in range(5)]
    assert "<figcaption>Five of them.</figcaption>" in html


def test_a_marked_panel_stands_out():
    assert re.findall(r'class="(panel[^"]*)"><p>number (\d)', gallery.gallery(panels(3), "caption")) == [
        ("panel", "0"),
        ("panel marked", "1"),
        ("panel", "2"),
    ]


def test_no_panel_is_drawn_smaller_than_a_pixel_of_a_sharp_screen_for_each_of_its_own():
    assert '<div class="panels">' in gallery.gallery(panels(1, 40), "caption")
    assert '<div class="panels from-256">' in gallery.gallery(panels(1, 501), "caption")


def test_a_scale_stands_under_the_panels():
    html = gallery.gallery(panels(2), "caption", Html("<div>the scale</div>"))
    assert html.index("number 1") < html.index("the scale") < html.index("figcaption")


def test_groups_of_panels_begin_rows_of_their_own_under_their_titles():
    html = gallery.groups({"": panels(1), "second <b>": panels(2, 501)}, "caption")
    assert html.count("<figure") == 1
    first, second = html.split('<p class="group">')
    assert first.count("<img") == 1
    assert '<div class="panels">' in first
    assert second.startswith("second &lt;b&gt;</p>")
    assert second.count("<img") == 2
    assert '<div class="panels from-256">' in second


def test_a_figure_has_an_id_where_it_is_given_a_name():
    assert gallery.gallery(panels(1), "caption", name="the-worst").startswith('<figure class="gallery" id="the-worst">')
    assert " id=" not in gallery.gallery(panels(1), "caption")


def test_what_stands_below_a_panel_follows_its_picture():
    below = Panel(np.zeros((2, 2, 3), np.uint8), "title", "alt text", below=Html("<ol><li>first</li></ol>"))
    assert re.search(r"<img [^>]*><ol><li>first</li></ol></div>", gallery.gallery([below], "caption"))


def test_titles_are_text():
    html = gallery.gallery([Panel(np.zeros((2, 2, 3), np.uint8), "<b>", "a & b", "<i>")], "<u>")
    assert "&lt;b&gt;<br>&lt;i&gt;" in html
    assert "<figcaption>&lt;u&gt;" in html


def test_photos_are_shown_with_their_names_sizes_and_kinds():
    every = [Photo.of(f"{i}$.png", encoded(picture(40 + i, 30))) for i in range(2)]
    html = gallery.photos(every)
    assert re.findall(r"<p>(.*?)</p>", html) == ["0$.png<br>40 × 30 pixels, PNG RGB", "1$.png<br>41 × 30 pixels, PNG RGB"]
    assert "are shown" not in html


def test_of_many_photos_the_first_are_shown():
    every = [Photo.of(f"{i}.png", encoded(picture(20, 30))) for i in range(PICTURED + 1)]
    html = gallery.photos(every)
    assert f"The first {PICTURED} of {PICTURED + 1} are shown." in html
    assert html.count("<img") == PICTURED
