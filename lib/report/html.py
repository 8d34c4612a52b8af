"""The HTML that notebooks and reports are made of. Every text that comes in is escaped."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from lib.deploy.errors import printable
from lib.report.output_style import with_style
from lib.report.places import without_places

LINES = "\n\t"  # of the characters that cannot be printed, those that a text of several lines needs


class Html(str):
    """A piece of HTML that a notebook shows as such."""

    def _repr_html_(self) -> str:
        return with_style(self)

    def __repr__(self) -> str:
        # IPython stores this beside the HTML: the text once is enough
        return f"<Html of {len(self)} characters>"

    def __html__(self) -> str:
        """Tells Jinja that this is HTML already."""
        return str(self)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "", kind: str = "") -> Html:
    """A table. Where the page is too narrow for its columns each row becomes a paragraph, with the headers before its values.

    Args:
        headers: one a column.
        rows: cells as text; the first of each row is its header. A cell of type :class:`Html` is taken as it is.
        caption: a sentence above the table.
        kind: a class of the page's stylesheet, or empty.
    """
    labels = [f' data-label="{content(text)}"' for text in headers[1:]]
    head = "".join(f'<th scope="col">{content(text)}</th>' for text in headers)
    body = "".join(f"<tr{_state(row)}>{_row(row, labels)}</tr>" for row in rows)
    kinds = " ".join(filter(None, (kind, "pair" if len(headers) == 2 else "")))
    title = f"<caption>{content(caption)}</caption>" if caption else ""
    opened = f'<table class="{kinds}">' if kinds else "<table>"
    return Html(f"{opened}{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def note(text: str, kind: str = "finding") -> Html:
    """A sentence that a reviewer can quote. ``kind`` is ``finding`` or ``warning``."""
    return Html(f'<p class="{kind}">{content(text)}</p>')


def verbatim(text: str) -> Html:
    """Text as a program printed it, its long lines folded."""
    return Html(f'<pre class="verbatim">{escape(printable(without_places(text), keep=LINES))}</pre>')


def embedded(data: bytes, alt: str, caption: str, name: str = "") -> Html:
    """A drawing inside the page.

    Args:
        data: an SVG file.
        alt: what can be seen on it, for those who cannot.
        caption: what it finds, in a sentence.
        name: by which the verdict's page finds it, where that shows it too; or empty.
    """
    source = f"data:image/svg+xml;base64,{base64.b64encode(data).decode()}"
    said = f"<figcaption>{content(caption)}</figcaption>"
    return Html(f'<figure{named(name)}><img alt="{content(alt)}" src="{source}">{said}</figure>')


def named(name: str) -> str:
    """The ``id`` of an element as an attribute; nothing where there is no name."""
    return f' id="{escape(name)}"' if name else ""


def folded(summary: str, *parts: str, kind: str = "") -> Html:
    """What not every reader needs, behind a line that opens it.

    Args:
        summary: what is behind it, in a few words.
        parts: pieces of HTML.
        kind: a class of its own, or empty.
    """
    classes = f"folded {kind}".rstrip()
    return Html(f'<details class="{classes}"><summary>{content(summary)}</summary>{join(*parts)}</details>')


def join(*parts: str) -> Html:
    """Several pieces of HTML, one below the other."""
    return Html("\n".join(parts))


def content(text: str) -> str:
    """A text as the inside of an element, printable and without where things lie on this machine; :class:`Html` as it is."""
    return text if isinstance(text, Html) else escape(printable(without_places(text), keep=LINES))


def _row(row: Sequence[str], labels: Sequence[str]) -> str:
    first, *others = row
    cells = (f"<td{label}>{content(text)}</td>" for label, text in zip(labels, others, strict=True))
    return f'<th scope="row">{content(first)}</th>{"".join(cells)}'


def _state(row: Sequence[str]) -> str:
    if row[-1].startswith("✗"):
        return ' class="failed"'
    return ' class="passed"' if row[-1].startswith("✓") else ""
