"""Whether the comparison notices mistakes that are put into a healthy deployment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lib.compare.comparison import Comparison, max_abs_difference
from lib.compare.shared import SharedTraces
from lib.deploy import Contract, Pipeline, Trace
from lib.mistakes.mistake import Mistake


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
        trace = shared.trace(mistake.commit(deployment, contract))
        if max_abs_difference(reference.normalise, trace.normalise) > 0:
            changed += 1
            missed += Comparison.of_traces("", mistake.name, reference, trace).first(allowed) is None
    return Noticed(changed, missed)
