"""Outputs bring their style to JupyterLab, and pages have theirs once."""

from __future__ import annotations

import re

import nbformat.v4
import pytest

from lib.cache import LIB
from lib.report.html import note
from lib.report.output_style import bare, css, with_style, without_styles

PAGES = (LIB / "report" / "templates" / "style.css").read_text()
# JupyterLab's own two themes: the page's ground, and that of a callout.
GROUNDS = {"light": ((255, 255, 255), (238, 238, 238)), "dark": ((17, 17, 17), (66, 66, 66))}


def luminance(colour: tuple[float, ...]) -> float:
    """As WCAG 2 has it."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def colour(digits: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(digits.removeprefix("#")))


def test_an_output_has_its_style_with_it_and_a_page_takes_it_without():
    shown = note("0.5 levels apart")._repr_html_()
    assert shown == with_style(note("0.5 levels apart"))
    assert css() in shown
    assert bare(shown) == note("0.5 levels apart")


@pytest.mark.parametrize("html", ["", "<p>x</p></div>", '<div class="handoff">x</div>'])
def test_html_of_others_stays_as_it_is(html):
    assert bare(html) == html
    assert bare(with_style(html)) == html


def test_a_notebook_keeps_all_but_the_styles():
    outputs = [
        nbformat.v4.new_output("execute_result", {"text/html": note("x")._repr_html_(), "text/plain": "x"}),
        nbformat.v4.new_output("display_data", {"text/html": "<b>x</b>"}),
        nbformat.v4.new_output("stream", text="x"),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("x"), nbformat.v4.new_code_cell(outputs=outputs)])
    without_styles(notebook)
    data = [output.get("data") for output in notebook.cells[1].outputs]
    assert data == [{"text/html": note("x"), "text/plain": "x"}, {"text/html": "<b>x</b>"}, None]


def colours(theme: str) -> dict[str, str]:
    rule = re.search(r"^\[data-jp.*?^\}" if theme == "dark" else r"^\.handoff \{.*?^\}", css(), re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"--([\w-]+): ([^;]+);", rule.group()))


def test_it_is_that_of_pages_inside_of_outputs_alone():
    selectors = re.findall(r"^([^\s@{}/&][^{}]*) \{", css().replace(PAGES, ""), re.MULTILINE)
    assert PAGES in css()
    assert selectors
    assert all(".handoff" in selector for selector in selectors)
    assert not re.search(r"@(import|charset|font-face|page|namespace)", PAGES)  # none of them may stand inside


def test_every_colour_of_pages_is_one_in_jupyterlab_too():
    assert set(re.findall(r"var\(--([\w-]+)\)", PAGES)) - {"narrowest"} <= colours("light").keys()
    own = {name for name, value in colours("light").items() if value.startswith("#")}
    assert colours("dark").keys() == own


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_text_can_be_read_in_both_of_jupyterlabs_themes(theme):
    own = colours(theme)
    for ground in GROUNDS[theme]:
        for name in ("soft", "blue", "good", "bad", "string"):
            assert contrast(colour(own[name]), ground) >= 4.5, name
        for name in ("good", "bad"):
            *wash, alpha = colour(own[f"{name}-wash"])
            washed = tuple((alpha * a + (255 - alpha) * b) / 255 for a, b in zip(wash, ground, strict=True))
            assert contrast(colour(own[name]), washed) >= 4.5, name
