"""Whether the comparison notices mistakes that are put into a healthy deployment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice

from lib.compare.shared import SharedTraces
from lib.compare.trial import Refused, attempt
from lib.deploy import STAGES, Contract, Pipeline, Trace
from lib.deploy.difference import max_abs_difference
from lib.mistakes.mistake import Mistake

# In units of std: what another order of float32 operations changes at most, as the built-in tolerance of normalise says. A
# policy that allows more does not change what counts as a mistake, or it could not be found to allow too much.
ROUNDING = 1e-5
_TO_INPUT = STAGES.index("normalise") + 1  # stages that make the network's input


@dataclass(frozen=True)
class Noticed:
    """What came of a set of mistakes.

    Attributes:
        changed: how many combinations of mistake and photo change the network's input by more than rounding.
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

    A mistake changes a photo where the network's input is another than the deployment's own without the mistake, by more than
    rounding: a right deployment that rounds in another way than ours is not to be taken for a mistaken one. The network
    is run only where no stage before it shows the mistake. A mistake that cannot take the photo, or after which the network
    does not, is an error that nobody misses.

    Args:
        shared: of the photo.
        reference: the reference's trace of it.
        deployment: to put the mistakes into.
        contract: the preprocessing that the subject states.
        mistakes: one or more.
        allowed: the tolerance of each stage.
    """
    found = Noticed()
    healthy = dict(islice(shared.outputs(deployment), _TO_INPUT))["normalise"]

    def one(mistake: Mistake) -> Noticed:
        outputs = shared.outputs(mistake.commit(deployment, contract))
        before = dict(islice(outputs, _TO_INPUT))
        made = before["normalise"]
        if min(max_abs_difference(each, made) for each in (healthy, reference.normalise)) <= ROUNDING:
            return Noticed()  # nothing changes, or it took the place of the deployment's own mistake, and mends it
        every = chain(before.items(), outputs)
        missed = all(max_abs_difference(getattr(reference, stage), output) <= allowed[stage] for stage, output in every)
        return Noticed(1, int(missed))

    for mistake in mistakes:
        tried = attempt(partial(one, mistake))
        found += Noticed() if isinstance(tried, Refused) else tried
    return found
