"""The HTML that notebooks and reports are made of. Every text that comes in is escaped."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from lib.report.places import without_places


class Html(str):
    """A piece of HTML that a notebook shows as such."""

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        # IPython stores this beside the HTML: the text once is enough
        return f"<Html of {len(self)} characters>"

    def __html__(self) -> str:
        """Tells Jinja that this is HTML already."""
        return str(self)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "", label: str = "") -> Html:
    """A table in a frame that scrolls by itself where the page is narrow, by keyboard too.

    Args:
        headers: one a column.
        rows: cells as text; the first of each row is its header. A cell of type :class:`Html` is taken as it is.
        caption: a sentence above the table; it names the frame for screen readers.
        label: names the frame where there is no caption.
    """
    head = "".join(f'<th scope="col">{_cell(text)}</th>' for text in headers)
    body = "".join(f"<tr{_state(row)}>{_row(row)}</tr>" for row in rows)
    pair = ' class="pair"' if len(headers) == 2 else ""
    title = f"<caption><span>{_cell(caption)}</span></caption>" if caption else ""
    return Html(
        f'<div class="scroll" tabindex="0" role="region" aria-label="{_cell(caption or label)}">'
        f"<table{pair}>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def note(text: str, kind: str = "finding") -> Html:
    """A sentence that a reviewer can quote. ``kind`` is ``finding`` or ``warning``."""
    return Html(f'<p class="{kind}">{_cell(text)}</p>')


def verbatim(text: str, label: str) -> Html:
    """Text as a program printed it, in a frame that scrolls by itself."""
    return Html(
        f'<pre class="verbatim" tabindex="0" role="region" aria-label="{escape(label)}">{escape(without_places(text))}</pre>'
    )


def embedded(data: bytes, kind: str, alt: str, caption: str, name: str = "") -> Html:
    """A picture inside the page.

    Args:
        data: the image file.
        kind: ``png``, ``svg+xml`` or ``webp``.
        alt: what can be seen on it, for those who cannot.
        caption: what it finds, in a sentence.
        name: the figure's id; empty for none.
    """
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    opened = f'<figure id="{escape(name)}">' if name else "<figure>"
    return Html(f'{opened}<img alt="{escape(alt)}" src="{source}"><figcaption>{escape(caption)}</figcaption></figure>')


def folded(summary: str, *parts: str) -> Html:
    """What not every reader needs, behind a line that opens it.

    Args:
        summary: what is behind it, in a few words.
        parts: pieces of HTML.
    """
    return Html(f'<details class="folded"><summary>{_cell(summary)}</summary>{join(*parts)}</details>')


def join(*parts: str) -> Html:
    """Several pieces of HTML, one below the other."""
    return Html("\n".join(parts))


def _cell(text: str) -> str:
    return text if isinstance(text, Html) else escape(without_places(text))


def _row(row: Sequence[str]) -> str:
    first, *others = row
    return f'<th scope="row">{_cell(first)}</th>' + "".join(f"<td>{_cell(text)}</td>" for text in others)


def _state(row: Sequence[str]) -> str:
    if row[-1].startswith("✗"):
        return ' class="failed"'
    return ' class="passed"' if row[-1].startswith("✓") else ""
