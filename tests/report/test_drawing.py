"""Charts inside a page."""

from __future__ import annotations

import base64
import re

import pytest

from lib.report import drawing
from lib.report.drawing import apart, figure, luminance, show, styled


@styled
def chart(name: str = ""):
    drawn = figure(2.0)
    axes = drawn.subplots()
    axes.plot([0, 1, 2], [0.5, 0.25, 1], "o-", label="a--b <c> & Ω")
    axes.annotate("-0.0625 ✗", (1, 0.25), fontweight="bold")
    axes.set_title("Left of all letters: fi, é")
    axes.legend()
    return show(drawn, "A line chart", "What it finds.", name)


def svg(html: str) -> str:
    return base64.b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', html)[1]).decode()


def test_a_chart_is_an_svg_with_alt_text_caption_and_an_id_where_it_has_a_name():
    html = chart()
    assert html.startswith('<figure><img alt="A line chart" src="data:image/svg+xml')
    assert html.endswith("<figcaption>What it finds.</figcaption></figure>")
    assert chart("the-chart").startswith('<figure id="the-chart">')


def test_the_same_chart_is_the_same_file():
    assert chart() == chart()


def test_the_file_is_smaller_than_matplotlibs_and_looks_the_same(browser, monkeypatch):
    small = chart()
    monkeypatch.setattr(drawing, "_smaller", lambda text: text)
    whole = chart()
    assert len(svg(small)) < 0.85 * len(svg(whole))
    tab = browser.new_page(viewport={"width": 1000, "height": 700})
    seen = []
    for html in (small, whole):
        tab.set_content(f"<style>img {{ width: 900px; }}</style>{html}")
        seen.append(tab.screenshot())
    tab.close()
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("colour", "expected"), [((0, 0, 0), 0), ((1, 1, 1, 0.5), 1), ((1, 0, 0), 0.2126), ((0.5, 0.5, 0.5), 0.214)]
)
def test_luminance_is_that_of_wcag(colour, expected):
    assert luminance(colour) == pytest.approx(expected, abs=1e-3)


def test_labels_are_moved_apart_in_their_order():
    assert apart([0.5, 0.1, 0.52], 0.1) == pytest.approx([0.5, 0.1, 0.6])
