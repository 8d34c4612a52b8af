"""Where pages are made: templates and their stylesheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lib.deploy.errors import printable
from lib.report.html import LINES, Html

TEMPLATES = Path(__file__).with_name("templates")


def environment() -> Environment:
    """Every text is escaped and made printable, and a name that is not given is an error."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, finalize=_shown)


def _shown(value: Any) -> Any:
    return printable(value, keep=LINES) if isinstance(value, str) and not hasattr(value, "__html__") else value


def stylesheet() -> Html:
    """The CSS that every page carries."""
    return Html((TEMPLATES / "style.css").read_text(encoding="utf-8"))
