"""Style and pictures of a page lie beside it, and show where nothing inside of a page may."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from lib.policy import Measurement
from lib.report import pages
from lib.report.beside import PICTURES, STYLE, with_files
from lib.report.gallery import Panel, gallery
from lib.report.html import embedded
from lib.report.image import image
from lib.report.inputs_seen import likeliest
from tests.conftest import encoded, picture
from tests.report import made
from tests.run.looks import assert_self_contained, look_at, look_under_jenkins

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><style>*{stroke-width: 2}</style>
<path d="M 0 0 L 80 40" style="stroke: #0072b2"/></svg>"""


@pytest.fixture
def report(tmp_path):
    """Pages with a drawing, panels of two widths and bars of how likely a class is."""
    bars = likeliest(np.array([[0.7, 0.2, 0.1]]), 0, ["cup", "cat", "car"])
    panels = [
        Panel(np.full((90, width, 3), 120, np.uint8), f"{width} wide", f"a grey picture {width} wide", below=bars)
        for width in (200, 600)
    ]
    html = embedded(SVG, "a line from corner to corner", "A drawing.") + gallery(panels, "Two panels.")
    run = made.run()
    run.pages[1] = made.page("02_b", "Is it the same?", html, [Measurement("b.same", 1, 2), Measurement("b.slow", 0.5, 1)])
    pages.write(run, tmp_path)
    return tmp_path


def test_pictures_are_files_named_after_their_content(tmp_path):
    png = encoded(picture(8, 8))
    source = base64.b64encode(png).decode()
    html = f'<img alt="a" src="data:image/png;base64,{source}"><img src="data:image/png;base64,{source}" alt="b">'
    html += image(np.zeros((4, 4, 3), np.uint8), "a black picture")
    found = with_files(html, tmp_path)
    files = sorted((tmp_path / PICTURES).iterdir())
    assert "data:" not in found
    assert [path.suffix for path in files].count(".png") == 1
    assert {path.suffix for path in files} == {".png", ".webp"}
    assert found.count(f'src="{PICTURES}/{next(path.name for path in files if path.suffix == ".png")}"') == 2
    assert next(path for path in files if path.suffix == ".png").read_bytes() == png


def test_text_that_looks_like_a_picture_stays_text(tmp_path):
    text = "<pre>&lt;img src=&quot;data:image/png;base64,AAAA&quot;&gt; data:image/png;base64,AAAA</pre>"
    assert with_files(text, tmp_path) == text
    assert not (tmp_path / PICTURES).exists()


def test_the_one_file_has_all_inside_and_the_other_pages_beside(report):
    for name in ("report.html", "index.html", "01_a.html", "02_b.html"):
        assert_self_contained(report / name)
    assert (report / STYLE).exists()
    assert not (report / "report.html").read_text().count(PICTURES + "/")


def test_every_page_shows_under_jenkins_policy(report, browser):
    look_under_jenkins(browser, report)


def test_every_page_shows_where_it_is_opened_as_a_file(report, browser):
    for name in ("report.html", "index.html", "02_b.html"):
        look_at(browser, report / name)
