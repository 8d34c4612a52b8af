"""Numbers and names as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence


def number(value: float) -> str:
    """A number for people: whole ones whole, others to three significant digits."""
    if math.isnan(value):
        return "NaN"
    if math.isfinite(value) and value == int(value) and abs(value) < 1e9:
        return str(int(value))
    return f"{value:.3g}"


def signed(value: float, decimals: int = 4) -> str:
    """A change with its sign and a fixed number of decimals; plain 0 where it rounds to nothing."""
    if math.isnan(value):
        return "NaN"
    return "0" if abs(value) < 0.5 * 10**-decimals else f"{value:+.{decimals}f}"


def probability(value: float, decimals: int = 4) -> str:
    """A probability with a fixed number of decimals."""
    return "NaN" if math.isnan(value) else f"{value:.{decimals}f}"


def percent(value: float) -> str:
    """Per cent to two decimals; ``100.00`` where it is all of them, and not by rounding."""
    return f"{value if value == 100 else min(value, 99.99):.2f}"


def below(share: float, least: float) -> str:
    """A share as per cent, with the decimals that it takes to see that it is below the least: ``94.97%``, not ``95%``."""
    decimals = 0
    while decimals < 6 and share < least <= float(f"{share:.{decimals + 2}f}"):
        decimals += 1
    return f"{share:.{decimals}%}"


def finite(value: float) -> float | None:
    """The number for JSON, which has no word for NaN and infinity: None where it is one of them."""
    return float(value) if math.isfinite(value) else None


def counted(count: int, thing: str) -> str:
    """How many there are of a thing, as in ``1 check`` and ``2 checks``."""
    return f"{count} {thing}{'s' * (count != 1)}"


def enumerated(names: Sequence[str], last: str = "and") -> str:
    """Names in a row with a word before the last, as in ``a, b and c``; empty where there are none."""
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
