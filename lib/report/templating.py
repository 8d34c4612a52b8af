"""Where pages are made: templates and their stylesheet."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lib.report.html import Html

TEMPLATES = Path(__file__).with_name("templates")


def environment() -> Environment:
    """Every text is escaped, and a name that is not given is an error."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def stylesheet() -> Html:
    """The CSS that every page carries."""
    return Html((TEMPLATES / "style.css").read_text(encoding="utf-8"))
