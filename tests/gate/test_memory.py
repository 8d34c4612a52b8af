"""What cases share."""

from __future__ import annotations

import numpy as np

from lib import handoff, networks
from lib.gate.memory import remembered
from lib.networks import reference
from lib.studies.robustness import measure


def test_a_network_is_built_once_and_answers_an_input_once(monkeypatch):
    asked = []
    monkeypatch.setattr(reference, "infer", lambda model: lambda tensor: asked.append(1) or np.array(tensor[:, 0, 0]))
    before = networks.build, reference.infer, measure.probes
    with remembered():
        one, other = (handoff.load("lite0-imagenet") for _ in range(2))
        assert one.model is other.model
        tensor = np.ones((1, 3, 2, 2), np.float32)
        first = one.reference.infer(tensor)
        first[:] = 9  # whoever writes into an answer changes nobody else's
        assert other.reference.infer(tensor).max() == 1
        assert len(asked) == 1
        one.reference.infer(tensor * 2)
        assert len(asked) == 2
    assert (networks.build, reference.infer, measure.probes) == before
