"""One thing that a selftest, or ``verify``, looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .errors import printable


@dataclass(frozen=True)
class Finding:
    """One thing that was held against the manifest or a golden trace.

    Attributes:
        about: what.
        said: what was found, with numbers.
        wrong: whether it is not as it has to be.
    """

    about: str
    said: str
    wrong: bool = False


def told(findings: Iterable[Finding]) -> int:
    """Print a line for each finding as it comes; how many of them are wrong."""
    wrong = 0
    for each in findings:
        wrong += each.wrong
        print("✗" if each.wrong else "✓", printable(f"{each.about}: {each.said}"), flush=True)
    return wrong
