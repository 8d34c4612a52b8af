"""Texts in Markdown show as they are."""

from __future__ import annotations

import html
import re

import mistune
import pytest

from lib.bundle.markdown import code, plain

HOSTILE = (
    "a|b", "`code`", "<script>alert(1)</script>", "**bold**", "_emphasis_", "[link](http://x.invalid)", "![](x.png)",
    "# heading", r"a\|b", "&amp;", "~~gone~~", "<!-- comment", "$x$", "\\", "a&#124;b", "a`|`b", "a  b", "grace_hopper.jpg",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_shows_as_it_is_in_a_cell_of_a_table(text):
    page = mistune.create_markdown(plugins=["table", "strikethrough"])(f"| a | b |\n| --- | --- |\n| {plain(text)} | here |\n")
    assert [html.unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", page)] == [text, "here"]


def test_a_line_end_does_not_end_the_line():
    assert plain("a\nb") == r"a\\nb"


def test_a_space_that_does_not_break_is_a_space():
    assert plain("33\N{NO-BREAK SPACE}answers") == "33 answers"


@pytest.mark.parametrize("text", ["pip install x", "a\n```\nb", "`````", "<b>&amp;</b>", "  indented"])
def test_code_shows_as_it_is(text):
    page = mistune.create_markdown()(f"before\n\n{code(text)}\n\nafter")
    assert html.unescape(re.search(r"<pre><code>(.*?)\n</code></pre>\n<p>after</p>", page, re.DOTALL)[1]) == text


@pytest.mark.parametrize(
    "text", ["- item", "+ item", "1. item", "12) item", "===", "---", "    code", "> quote", "-", "-0.5", "1.5"]
)
def test_a_text_shows_as_it_is_where_it_begins_a_line(text):
    page = mistune.create_markdown()(f"before\n\n{plain(text)}\n")
    assert html.unescape(page).replace("\n", "") == f"<p>before</p><p>{text.strip()}</p>"
