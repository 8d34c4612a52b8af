"""An executed notebook as HTML: the inside of its own page, or of the one file."""

from __future__ import annotations

import functools
import re

from nbconvert import HTMLExporter

from lib.report.cards import CARD
from lib.report.html import Html
from lib.report.run import Page
from lib.report.templating import TEMPLATES


def body(page: Page, said: Html) -> Html:
    """A notebook's cells with their outputs, code folded.

    Args:
        page: the notebook.
        said: its answer, which stands under its title.
    """
    html: str = _exporter().from_notebook_node(page.notebook, {"handoff": {"answer": said}})[0]
    return Html(html)


def nested(html: Html, name: str) -> Html:
    """The body as a part of another page: its headings two levels down, and its figures named under its own name.

    Args:
        html: as :func:`body` gives it.
        name: of the notebook.
    """
    lower = re.sub(r"<(/?)h([1-4])(?=[ >])", lambda found: f"<{found[1]}h{int(found[2]) + 2}", html)
    return Html(re.sub(r'(<figure[^>]* id=")', rf"\g<1>{name}-", lower))


def without_card(html: Html) -> Html:
    """The body without what is handed over, for a page that has told it before."""
    return Html(re.sub(rf'<details class="folded {CARD}">.*?</details>', "", html, flags=re.DOTALL))


def figure(html: Html, name: str) -> Html | None:
    """The figure of a name in a body; None where there is none."""
    found = re.search(rf'<figure[^>]* id="{re.escape(name)}".*?</figure>', html, re.DOTALL)
    return Html(found[0].replace(f' id="{name}"', "", 1)) if found else None


@functools.cache  # its templates are compiled once
def _exporter() -> HTMLExporter:
    exporter = HTMLExporter(
        template_name="handoff",
        extra_template_basedirs=[str(TEMPLATES)],
        extra_template_paths=[str(TEMPLATES)],
    )
    # widgets need a kernel and a script: each brings a still of itself, which comes first here
    exporter.config.NbConvertBase.display_data_priority = ["text/html", "image/png", "text/plain"]
    exporter.exclude_anchor_links = True
    return exporter
