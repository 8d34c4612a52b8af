"""The way from a naive deployment to the reference, one fix at a time, and what each fix by itself is worth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from lib.compare.attribution import shapley
from lib.compare.comparison import Comparison
from lib.compare.shared import SharedTraces
from lib.compare.trial import Refused, tried
from lib.deploy import STAGES, Contract, Domain, Pipeline
from lib.deploy.stages import Resize

NAIVE_FILTER = "nearest"  # Pillow's default of old
# What a deployment can get right or wrong. The resize stage counts twice, since its shape and its filter go wrong separately.
PARTS = ("decode", "resize shape", "resize filter", "normalise", "infer", "score")


@dataclass(frozen=True)
class Ablation:
    """The way from one pipeline to the reference for one photo, and how much of it is due to which part.

    Attributes:
        photo: the photo's name.
        steps: each step's pipeline against the reference, the last one being the reference itself.
        shares: what each part contributes to the gap in the probability of the reference's class; they sum to it. NaN where a
            mix of the two pipelines gives no answer.
        refused: why it gives none, or empty.
    """

    photo: str
    steps: tuple[Comparison, ...]
    shares: Mapping[str, float]
    refused: str = ""

    @property
    def gap(self) -> float:
        """The reference's probability less the first step's."""
        return self.steps[-1].probability - self.steps[0].probability

    @property
    def unexplained(self) -> float:
        """The part of the gap that the shares do not account for, in probability; NaN where one is NaN."""
        return abs(sum(self.shares.values()) - self.gap)

    @property
    def largest(self) -> str:
        """The part with the largest share, by size."""
        return max(self.shares, key=lambda part: abs(self.shares[part]))


def from_naive(
    photo: str, shared: SharedTraces, deployment: Pipeline, reference: Pipeline, contract: Contract, domain: Domain
) -> Ablation:
    """From the naive deployment to the reference, fix by fix; shared out among :data:`PARTS`.

    Args:
        photo: the photo's name.
        shared: its traces.
        deployment: the deployment as it is, which takes the photo.
        reference: the reference.
        contract: the preprocessing that the subject states.
        domain: the sizes that the network is right for.
    """
    ways = steps(deployment, reference, contract)
    return _ablation(photo, shared, ways, PARTS, lambda parts: mended(deployment, reference, contract, parts), domain)


def from_deployment(photo: str, shared: SharedTraces, deployment: Pipeline, reference: Pipeline, domain: Domain) -> Ablation:
    """From a deployment as it is to the reference; shared out among the five stages. Arguments as of :func:`from_naive`."""
    ways = {"deployment": deployment, "reference": reference}
    return _ablation(photo, shared, ways, STAGES, lambda stages: swapped(deployment, reference, stages), domain)


def naive(deployment: Pipeline, contract: Contract) -> Pipeline:
    """A first deployment: squash to a square, and :data:`NAIVE_FILTER`."""
    return replace(deployment, resize=_resize(contract, right_shape=False, right_filter=False))


def steps(deployment: Pipeline, reference: Pipeline, contract: Contract) -> dict[str, Pipeline]:
    """The steps from the naive deployment to the reference, each fix on top of the one before.

    The steps up to ``right filter`` keep every stage of the deployment but its resize; ``deployment`` is it as it is.
    """
    return {
        "naive": naive(deployment, contract),
        "right shape": replace(deployment, resize=_resize(contract, right_shape=True, right_filter=False)),
        "right filter": replace(deployment, resize=_resize(contract, right_shape=True, right_filter=True)),
        "deployment": deployment,
        "reference": reference,
    }


def mended(deployment: Pipeline, reference: Pipeline, contract: Contract, parts: Collection[str]) -> Pipeline:
    """The naive deployment with some of :data:`PARTS` taken from the reference.

    With no part this is :func:`naive`, with all of them the reference.
    """
    stages = {stage: getattr(reference, stage) for stage in STAGES if stage in parts}
    shape, filter_ = "resize shape" in parts, "resize filter" in parts
    stages["resize"] = reference.resize if shape and filter_ else _resize(contract, shape, filter_)
    return replace(deployment, **stages)


def swapped(deployment: Pipeline, reference: Pipeline, stages: Collection[str]) -> Pipeline:
    """The deployment as it is, with some of its stages taken from the reference."""
    return replace(deployment, **{stage: getattr(reference, stage) for stage in stages})


def _ablation(
    photo: str,
    shared: SharedTraces,
    ways: Mapping[str, Pipeline],
    parts: Sequence[str],
    mend: Callable[[frozenset[str]], Pipeline],
    domain: Domain,
) -> Ablation:
    real = {name: shared.trace(ways[name]) for name in ("reference", "deployment")}  # which take the photo, or it is an error
    reference = real["reference"]
    compared = tuple(
        Comparison.of_tried(photo, name, reference, real.get(name) or tried(shared, way, domain)) for name, way in ways.items()
    )
    target = compared[-1].reference.top1
    refused: list[str] = []

    def worth(coalition: frozenset[str]) -> float:
        trace = tried(shared, mend(coalition), domain)
        if isinstance(trace, Refused):
            refused.append(trace.why)
            return float("nan")
        return float(trace.score[0, target])

    shares = shapley(parts, worth)
    return Ablation(photo, compared, shares, refused[0] if refused else "")


def _resize(contract: Contract, right_shape: bool, right_filter: bool) -> Resize:
    kernel = contract.filter if right_filter else NAIVE_FILTER
    if right_shape:
        return Resize(contract.size, contract.rule, kernel, contract.crop)
    return Resize(contract.crop or contract.size, "squash", kernel)
