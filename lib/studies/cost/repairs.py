"""What mending one part of a deployment at a time wins back."""

from __future__ import annotations

from collections.abc import Mapping

from lib.studies.cost.costs import Tally, cost
from lib.studies.cost.findings import Repair, Repairs
from lib.studies.cost.intervals import change, mean


def repairs(before: str, mended: Mapping[str, str], tallies: Mapping[str, Tally]) -> Repairs:
    """Each repair beside the deployment as it is.

    Args:
        before: the way that is the deployment as it is.
        mended: from what is mended to the way that it is then, in the order in which they are told, "all" last.
        tallies: of all these ways, by their names.
    """
    return Repairs(cost(tallies[before]), tuple(_repair(part, tallies[before], tallies[way]) for part, way in mended.items()))


def _repair(part: str, before: Tally, after: Tally) -> Repair:
    return Repair(
        part=part,
        cost=cost(after),
        won=change((after.agreed - before.agreed) / after.photos),
        margin_won=mean(before.margin_lost - after.margin_lost),
    )
