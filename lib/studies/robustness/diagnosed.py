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


def diagnosed(held: Sequence[Held], handoff: Handoff) -> dict[str, str]:
    """What the first probe that differs at each stage says of the deployment, by that stage; empty where none differs.

    Args:
        held: what came of the probes that have a right answer.
        handoff: whose deployment.
    """
    found: dict[str, str] = {}
    if not any(each.first in BEFORE_NETWORK for each in held):
        return found
    contract, by_name = handoff.subject.contract, {each.name: each for each in held}
    for probe in probes(contract, domain(handoff.subject)):
        seen = by_name.get(probe.name)
        if seen is not None and seen.first in BEFORE_NETWORK and seen.first not in found:
            tensor, refused = fed(handoff.deployment, probe.data)
            said = likeliest(probe.name, probe.data, np.asarray(tensor), contract) if refused is None else {}
            if said:
                found[seen.first] = next(iter(said.values()))
    return found
