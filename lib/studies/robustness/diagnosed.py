"""The likeliest mistake behind the probes that the deployment gets wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lib.compare.comparison import BEFORE_NETWORK
from lib.diagnosis.likeliest import likeliest
from lib.export.exporter import domain
from lib.handoff import Handoff
from lib.probes import probes
from lib.studies.robustness.measure import Held, fed

LARGEST = 3e6  # pixels: of more, mistakes take too long to be tried


def diagnosed(held: Sequence[Held], handoff: Handoff, seed: int, times: int = 1) -> dict[str, str]:
    """What the smallest probe that differs at each stage says of the deployment, by that stage; empty where none differs.

    Args:
        held: what came of the probes that have a right answer.
        handoff: whose deployment.
        seed: of the probes that were drawn.
        times: how many times as many were.
    """
    smallest: dict[str, Held] = {}
    for each in held:
        if each.first in BEFORE_NETWORK and _pixels(each) <= min(LARGEST, _pixels(smallest.get(each.first))):
            smallest[each.first] = each
    found: dict[str, str] = {}
    contract, by_name = handoff.subject.contract, {each.name: each for each in smallest.values()}
    for probe in probes(contract, domain(handoff.subject), seed, times) if smallest else ():
        seen = by_name.get(probe.name)
        if seen is not None:
            tensor, refused = fed(handoff.deployment, probe.data)
            said = likeliest(probe.name, probe.data, np.asarray(tensor), contract) if refused is None else {}
            if said:
                found[seen.first] = next(iter(said.values()))
    return found


def _pixels(held: Held | None) -> float:
    """How many the probe has, as far as it is known."""
    shape = held.differences[0].reference.shape if held is not None and held.differences else ()
    return float(np.prod(shape[:2])) if shape else float("inf")
