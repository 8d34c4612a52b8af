"""Whether the costs of two mistakes add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lib.studies.cost.costs import Tally, cost
from lib.studies.cost.findings import Together
from lib.studies.cost.intervals import change, mean


def both(first: str, second: str) -> str:
    """The way that makes two mistakes at once."""
    return f"{first} + {second}"


def together(pairs: Sequence[tuple[str, str]], tallies: Mapping[str, Tally]) -> tuple[Together, ...]:
    """Each pair of mistakes, beside the two by themselves.

    Args:
        pairs: names of ways.
        tallies: of these, and of :func:`both`, by their names.
    """
    return tuple(_pair(tallies[first], tallies[second], tallies[both(first, second)]) for first, second in pairs)


def _pair(first: Tally, second: Tally, at_once: Tally) -> Together:
    flips = [tally.photos - tally.agreed for tally in (at_once, first, second)]
    return Together(
        first=cost(first),
        second=cost(second),
        both=cost(at_once),
        extra=mean(at_once.margin_lost - first.margin_lost - second.margin_lost),
        extra_flips=change((flips[0] - flips[1] - flips[2]) / at_once.photos, least=-2.0),
    )
