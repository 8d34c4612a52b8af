"""Whether the comparison notices mistakes that are put into a healthy deployment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from lib.compare.comparison import max_abs_difference
from lib.compare.shared import SharedTraces
from lib.deploy import STAGES, Contract, Pipeline, Trace
from lib.mistakes.mistake import Mistake

_TO_INPUT = STAGES.index("normalise") + 1  # stages that make the network's input


@dataclass(frozen=True)
class Noticed:
    """What came of a set of mistakes.

    Attributes:
        changed: how many combinations of mistake and photo change the network's input.
        missed: how many of these no stage shows to differ by more than its tolerance.
    """

    changed: int = 0
    missed: int = 0

    def __add__(self, other: Noticed) -> Noticed:
        return Noticed(self.changed + other.changed, self.missed + other.missed)


def noticed(
    shared: SharedTraces,
    reference: Trace,
    deployment: Pipeline,
    contract: Contract,
    mistakes: Iterable[Mistake],
    allowed: Mapping[str, float],
) -> Noticed:
    """Put each mistake into the deployment and hold it against the reference on one photo.

    The network is run only where no stage before it shows the mistake.

    Args:
        shared: of the photo.
        reference: the reference's trace of it.
        deployment: to put the mistakes into.
        contract: the right preprocessing.
        mistakes: one or more.
        allowed: the tolerance of each stage.
    """
    changed = missed = 0
    for mistake in mistakes:
        outputs = shared.outputs(mistake.commit(deployment, contract))
        differences = ((stage, max_abs_difference(getattr(reference, stage), output)) for stage, output in outputs)
        before = dict(islice(differences, _TO_INPUT))
        if before["normalise"] > 0:
            changed += 1
            missed += all(largest <= allowed[stage] for stage, largest in chain(before.items(), differences))
    return Noticed(changed, missed)
