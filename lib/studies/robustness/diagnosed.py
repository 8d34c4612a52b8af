"""The likeliest mistake behind the probes that the deployment gets wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lib.diagnosis.likeliest import BEFORE_NETWORK, likeliest
from lib.export.exporter import domain
from lib.handoff import Handoff
from lib.inputs.deployment import taken
from lib.probes import probes
from lib.studies.robustness.measure import Held


def diagnosed(held: Sequence[Held], handoff: Handoff) -> dict[str, str]:
    """What the first probe that differs at each stage says of the deployment, by that stage; empty where none differs.

    Args:
        held: what came of every probe, in their order.
        handoff: whose deployment.
    """
    found: dict[str, str] = {}
    if not any(each.first in BEFORE_NETWORK for each in held):
        return found
    contract = handoff.subject.contract
    for probe, seen in zip(probes(contract, domain(handoff.subject)), held, strict=True):
        if seen.first in BEFORE_NETWORK and seen.fit and seen.first not in found:
            value, refused = probe.data, ""
            for stage in BEFORE_NETWORK:
                if not refused:
                    value, refused = taken(getattr(handoff.deployment, stage), value)
            if not refused:
                said = likeliest(probe.name, probe.data, np.asarray(value), contract)
                if said:
                    found[seen.first] = next(iter(said.values()))
    return found
