"""Outputs bring their style with them to JupyterLab: that of pages, in JupyterLab's colours. Pages take them without."""

from __future__ import annotations

import functools
from pathlib import Path

from nbformat import NotebookNode

_TEMPLATES = Path(__file__).with_name("templates")
_AFTER = "</div>"


def with_style(html: str) -> str:
    """A piece of HTML with its style: each has it, since an output may be cleared or run again without the others."""
    return f"{_before()}{html}{_AFTER}"


def beside_style(html: str) -> str:
    """A piece of HTML that is only ever shown beside one of :func:`with_style`."""
    return f'<div class="handoff">{html}{_AFTER}'


def bare(html: str) -> str:
    """What :func:`with_style` was given; any other HTML as it is."""
    inside = html.removeprefix(_before())
    return html if inside == html else inside.removesuffix(_AFTER)


def without_styles(notebook: NotebookNode) -> None:
    """Leave each output of an executed notebook as :func:`bare` gives it."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = bare(output.data["text/html"])


@functools.cache
def css() -> str:
    """The style of an output: rules that hold inside of it alone."""
    pages = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
    return (_TEMPLATES / "notebook.css").read_text(encoding="utf-8").replace("@pages;", pages)


@functools.cache
def _before() -> str:
    return f'<div class="handoff"><style>\n{css()}</style>'
