"""Shares and intervals as people read them."""

from __future__ import annotations

import math

from lib.numbers import signed
from lib.studies.cost.findings import CONFIDENCE, Cost, Estimate

INTERVAL = f"{CONFIDENCE:.0%} interval".replace("%", "\u00a0%")
_EXACT = 1e-9  # a share that is no further from 0 or 1 is that


def percent(share: float) -> str:
    """A share of 0..1 in percent, without the sign: 0 and 100 stand only for none and all. A dash where it is NaN."""
    if math.isnan(share):
        return "—"
    least = min(abs(share), abs(1 - abs(share)))
    return f"{100 * share:.{_decimals(least)}f}"


def points(change: float) -> str:
    """A change of a share in percentage points, with its sign."""
    return "—" if math.isnan(change) else signed(100 * change, _decimals(abs(change))).replace("-", "−")


def _decimals(share: float) -> int:
    """How many decimals of a share in percent: none of 0, else one, and more where it is so small that one says nothing."""
    return 0 if share < _EXACT or math.isinf(share) else max(1, 1 - math.floor(math.log10(100 * share)))


def of_share(found: Estimate) -> str:
    """A share with its interval, in percent."""
    return _with_interval(f"{percent(found.value)}\u00a0%", percent(found.low), percent(found.high), found)


def in_percent(found: Estimate) -> str:
    """The same without the sign, for a column that has it above."""
    return _with_interval(percent(found.value), percent(found.low), percent(found.high), found)


def of_points(found: Estimate) -> str:
    """A change of a share with its interval, in percentage points."""
    return _with_interval(points(found.value), points(found.low), points(found.high), found)


def of_number(found: Estimate, digits: int = 3) -> str:
    """A number with its interval, to some significant digits."""
    return _with_interval(plain(found.value, digits), plain(found.low, digits), plain(found.high, digits), found)


def plain(value: float, digits: int = 3) -> str:
    """A number to some significant digits; a dash where it is NaN."""
    return "—" if math.isnan(value) else f"{value:.{digits}g}".replace("-", "−")


def changed(cost: Cost) -> Estimate:
    """The share of answers that are another class than the reference's, or none, 0..1."""
    return other(cost.agreement)


def other(share: Estimate) -> Estimate:
    """What a share leaves of the whole."""
    return Estimate(1 - share.value, 1 - share.high, 1 - share.low)


def scaled(found: Estimate, factor: float) -> Estimate:
    """An estimate in another unit."""
    return Estimate(factor * found.value, factor * found.low, factor * found.high)


def _with_interval(value: str, low: str, high: str, found: Estimate) -> str:
    if math.isnan(found.value):
        return "—"
    return value if math.isnan(found.low) else f"{value} ({low} to {high})"
