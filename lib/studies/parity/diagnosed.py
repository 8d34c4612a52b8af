"""The likeliest mistake behind a deployment that feeds its network something else than the reference."""

from __future__ import annotations

from collections.abc import Mapping

from lib.compare.comparison import BEFORE_NETWORK
from lib.compare.pair import Pair
from lib.diagnosis.likeliest import likeliest
from lib.handoff import Handoff


def diagnosed(divergent: Pair, handoff: Handoff, allowed: Mapping[str, float]) -> dict[str, str]:
    """What the tensor of the photo on which the deployment is furthest off says, by the first stage that differs there.

    Args:
        divergent: the deployment against the reference on that photo.
        handoff: whose photos and preprocessing.
        allowed: the tolerance of each stage.

    Returns:
        Empty where no stage before the network differs.
    """
    first = divergent.comparison.first(allowed)
    if first is None or first not in BEFORE_NETWORK:
        return {}
    photo = next(each for each in handoff.photos.readable if each.name == divergent.comparison.photo)
    said = likeliest(photo.name, photo.data, divergent.candidate.normalise, handoff.subject.contract)
    return {first: next(iter(said.values()))} if said else {}
