"""An executed notebook as HTML."""

from __future__ import annotations

import re

from lib.report.cards import CARD
from lib.report.html import Html, folded, note
from lib.report.notebook_body import body, figure, nested, without_card
from tests.report import made


def html(run=None) -> str:
    return body((run or made.run()).pages[0], note("It is not."))


def test_its_answer_stands_under_its_title_and_its_code_is_folded():
    shown = html()
    assert shown.index("Is it off?") < shown.index("It is not.") < shown.index("Why.")
    assert '<details class="code"><summary>Code</summary>' in shown
    assert "<html" not in shown


def test_within_another_page_headings_go_down_and_figures_have_names_of_their_own():
    inside = nested(html(), "01_a")
    assert re.findall(r"<h(\d)", inside) == ["3", "4"]
    assert inside.count("</h3>") == inside.count("</h4>") == 1
    assert '<figure id="01_a-a-off">' in inside


def test_a_figure_is_found_by_its_name():
    found = figure(html(), "a-off")
    assert found.startswith("<figure><img ")
    assert found.endswith("<figcaption>Off.</figcaption></figure>")
    assert made.SOURCE in found
    assert figure(html(), "a-of") is None


def test_what_is_handed_over_is_told_once_on_a_page_of_several():
    card, other = folded("What is handed over", "<p>all</p>", kind=CARD), folded("Numbers", "<p>1</p>")
    assert without_card(Html(f"{card}{other}")) == other
