"""Block by block, with and without a planted fault, and the same network run in other ways: all on each photo once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from lib import networks
from lib.compare.comparison import Comparison
from lib.deploy.sessions import open_session
from lib.deploy.stages import logits_of, score
from lib.handoff import Handoff
from lib.policy import Policy
from lib.studies.layers import variants
from lib.studies.layers.blocks import Divided, divided, watched
from lib.studies.layers.errors import Error, Opened, Reading, compared, elsewhere, stays_over, worse, worst_readings
from lib.studies.layers.planted import Fault, plant
from lib.studies.layers.search import Search, Symptom, bisect, most_probes
from lib.studies.layers.variants import Variant
from lib.timing import ratios

ROUNDS = 11


@dataclass(frozen=True)
class OnePass:
    """What one pass over the photos leaves.

    Attributes:
        healthy: the exported network, one reading a block.
        faulty: the same with the planted fault.
        symptom: the photo whose logits the fault moves most.
        comparisons: one a photo, by the variant's name.
        first: the first photo as the network is fed it, float32 (1, 3, h, w).
    """

    healthy: tuple[Reading, ...]
    faulty: tuple[Reading, ...]
    symptom: Symptom
    comparisons: Mapping[str, tuple[Comparison, ...]]
    first: NDArray[np.float32]


@dataclass(frozen=True)
class Study:
    """What 07_layers measures.

    Attributes:
        photos: how many there are.
        network: the exported one, and its blocks.
        healthy: the exported network, one reading a block.
        fault: what was planted.
        faulty: the network with the fault, one reading a block.
        search: for the fault.
        settings: ONNX Runtime set up in other ways; the first is the default.
        files: the exported file as it is, and smaller ones.
        tolerance: of accumulated errors.
        alone: of local errors.
    """

    photos: int
    network: Divided
    healthy: tuple[Reading, ...]
    fault: Fault
    faulty: tuple[Reading, ...]
    search: Search
    settings: tuple[Variant, ...]
    files: tuple[Variant, ...]
    tolerance: float
    alone: float

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self.healthy)

    @property
    def uncompared(self) -> int:
        """How many blocks have an error that is no number."""
        return self.blocks - compared(self.healthy)

    @property
    def readings(self) -> int:
        """How many outputs of blocks were compared."""
        return self.blocks * self.photos

    @property
    def found(self) -> bool:
        """Whether the search ended in the block that has the fault."""
        return self.search.found == self.fault.block

    @property
    def cuts_beyond(self) -> int:
        """How many more cuts the search made than halving needs."""
        return max(0, len(self.search.probes) - most_probes(self.blocks))

    @property
    def elsewhere(self) -> int:
        """How many blocks look faulty, though the fault is in another."""
        return elsewhere(self.faulty, self.fault.block, self.tolerance, self.alone)

    @property
    def stays(self) -> bool:
        """Whether no block after the first that is over the tolerance comes back within it."""
        return stays_over(self.faulty, self.tolerance)

    @property
    def set_up(self) -> list[Comparison]:
        """Every setting on every photo."""
        return [comparison for each in self.settings for comparison in each.comparisons]


def measured(handoff: Handoff, rules: Policy, fault: str, seed: int) -> Study:
    """Everything that the notebook shows, in one pass over the photos.

    Args:
        handoff: whose exported file.
        rules: for the tolerances of blocks.
        fault: the block to plant a fault in.
        seed: for the fault.

    Raises:
        BadInput: there is no such block, it has no weights, or the file does not say where its blocks begin.
    """
    tolerance, alone = rules["layers.accumulated"].threshold, rules["layers.local"].threshold
    path = handoff.onnx_path
    network = divided(onnx.load(path), networks.family(handoff.subject).beginnings(handoff.model), path.name)
    planted = plant(network, fault, seed)
    settings, smaller = variants.settings(path), variants.smaller(handoff)
    sessions = settings | {name: open_session(file) for name, file in smaller.items()}
    seen = one_pass(handoff, network, planted.network, sessions)
    timed = ratios({name: partial(logits_of, session, seen.first) for name, session in sessions.items()}, ROUNDS)

    def variant(name: str) -> Variant:
        return Variant(name, seen.comparisons[name], timed[name], smaller.get(name, path).stat().st_size / 1e6)

    return Study(
        len(handoff.photos.readable),
        network,
        seen.healthy,
        planted,
        seen.faulty,
        bisect(planted.network, seen.symptom, tolerance),
        tuple(map(variant, settings)),
        (replace(variant(variants.DEFAULT), name=variants.AS_IT_IS), *map(variant, smaller)),
        tolerance,
        alone,
    )


def one_pass(handoff: Handoff, network: Divided, planted: Divided, sessions: Mapping[str, InferenceSession]) -> OnePass:
    """Run each photo once through PyTorch, and its input through everything that is held against that.

    Args:
        handoff: whose reference and photos.
        network: the exported network.
        planted: the same with a fault in it.
        sessions: by the variant's name.

    Raises:
        BadInput: a block cannot be cut out.
    """
    opened, faulty_opened = Opened.of(network), Opened.of(planted)
    uncut = open_session(planted.model.SerializeToString())
    healthy: tuple[Reading, ...] = ()
    faulty: tuple[Reading, ...] = ()
    symptom: Symptom | None = None
    comparisons: dict[str, list[Comparison]] = {name: [] for name in sessions}
    for i, photo in enumerate(handoff.photos.readable):
        with watched(handoff.model, network.blocks) as expected:
            trace = handoff.reference.trace(photo.data)
        expected[network.names[-1]] = trace.infer
        if i == 0:
            first = trace.normalise
        healthy = worst_readings(healthy, opened.readings(expected))
        faulty = worst_readings(faulty, faulty_opened.readings(expected))
        error = Error.of(trace.infer, logits_of(uncut, trace.normalise))
        if symptom is None or worse(symptom.error, error) is error:
            symptom = Symptom(photo.name, error, expected)
        for name, session in sessions.items():
            logits = logits_of(session, trace.normalise)
            pairs = {"infer": (trace.infer, logits), "score": (trace.score, score(logits))}
            comparisons[name].append(Comparison.of(photo.name, name, pairs))
    assert symptom is not None
    return OnePass(healthy, faulty, symptom, {name: tuple(each) for name, each in comparisons.items()}, first)
