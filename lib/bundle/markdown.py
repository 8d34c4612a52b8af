"""Texts in Markdown, which a CI job's page shows."""

from __future__ import annotations

import re

from lib.deploy.errors import printable

# What begins or ends something in GitHub's Markdown: emphasis, code, links, HTML, cells of tables. A backslash takes that away.
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&$]")
# What begins a list, a rule or the line below a heading, where it begins a line.
_AT_START = re.compile(r"^(?:[-+](?=\s|$)|[-=](?=[-=]*\s*$))")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")


def plain(text: str) -> str:
    """The text as it is, in one line, whatever it holds: names of files come from anywhere."""
    line = _SPECIAL.sub(r"\\\g<0>", printable(text.replace("\N{NO-BREAK SPACE}", " ")).strip())
    return _NUMBERED.sub(r"\1\\\2", _AT_START.sub(r"\\\g<0>", line))


def code(text: str) -> str:
    """The text, line by line, as code: between two fences, longer than any that it holds."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"
