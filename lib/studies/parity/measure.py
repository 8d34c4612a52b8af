"""The deployment against the reference, photo by photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.compare.attribution import shapley
from lib.compare.comparison import StageDifference, first_divergence, max_abs_difference, stage_differences, top1
from lib.deploy import STAGES, Model, Pipeline, Trace
from lib.deploy.stages import Infer
from lib.compare.ablation import BLOCKS, ladder, mend, swapped
from lib.handoff import Handoff, without_picture
from lib.inputs.photos import Photo
from lib.compare.shared import Sweep


@dataclass(frozen=True)
class Parity:
    """One photo through both pipelines.

    Attributes:
        photo: the photo.
        reference: PyTorch's trace.
        deployment: the trace of the pipeline in the dock.
        differences: stage by stage.
        first: the first stage beyond its tolerance, or None.
    """

    photo: Photo
    reference: Trace
    deployment: Trace
    differences: list[StageDifference]
    first: str | None

    @property
    def flipped(self) -> bool:
        """Whether the likeliest class is another one."""
        return top1(self.reference.score) != top1(self.deployment.score)

    @property
    def non_finite(self) -> int:
        """How many of the deployment's probabilities are NaN or infinite."""
        return int((~np.isfinite(self.deployment.score)).sum())


def parities(handoff: Handoff, allowed: dict[str, float]) -> list[Parity]:
    """Every readable photo through both pipelines; ``allowed`` as :func:`lib.compare.tolerances` gives it."""
    results = []
    for photo in handoff.photos.readable:
        reference, deployment = handoff.reference.trace(photo.data), handoff.deployment.trace(photo.data)
        differences = stage_differences(reference, deployment)
        first = first_divergence(differences, allowed)
        results.append(Parity(photo, without_picture(reference), without_picture(deployment), differences, first))
    return results


def most_divergent(results: Sequence[Parity]) -> Parity:
    """The photo whose probabilities differ most; one with a NaN comes before all others."""
    return max(results, key=lambda result: np.nan_to_num(result.differences[-1].difference, nan=np.inf))


def worst(results: Sequence[Parity], stage: str) -> float:
    """The largest difference of any photo at ``stage``; NaN where one of them is NaN."""
    return float(np.max([d.difference for result in results for d in result.differences if d.stage == stage]))


@dataclass(frozen=True)
class SameInput:
    """One stage of both pipelines, fed the very same input: what the reference's stage before it put out.

    Attributes:
        photo: the photo.
        reference: what PyTorch's stage gives, (1, classes).
        deployment: what the stage of the pipeline in the dock gives.
    """

    photo: Photo
    reference: NDArray[Any]
    deployment: NDArray[Any]

    @property
    def difference(self) -> float:
        """Largest absolute difference."""
        return max_abs_difference(self.reference, self.deployment)


def networks(handoff: Handoff) -> list[SameInput]:
    """Both networks on the reference's input: logits."""
    infer = handoff.deployment.infer
    return [SameInput(p, trace.infer, np.asarray(infer(trace.normalise))) for p, trace in handoff.reference_traces]


def softmaxes(handoff: Handoff) -> list[SameInput]:
    """Both softmaxes on the reference's logits: probabilities."""
    score = handoff.deployment.score
    return [SameInput(p, trace.score, np.asarray(score(trace.infer))) for p, trace in handoff.reference_traces]


def largest(results: Sequence[SameInput]) -> float:
    """The largest difference of any photo; NaN where one of them is NaN."""
    return float(np.max([result.difference for result in results]))


def flips(results: Sequence[SameInput]) -> int:
    """On how many photos the likeliest class is another one."""
    return sum(top1(result.reference) != top1(result.deployment) for result in results)


def non_finite(results: Sequence[SameInput]) -> int:
    """How many of the deployment's values are NaN or infinite."""
    return sum(int((~np.isfinite(result.deployment)).sum()) for result in results)


def plain_grey(handoff: Handoff) -> NDArray[Any]:
    """The deployment's logits for an input of zeros, to see whether those of photos are any different: (1, classes)."""
    _, trace = handoff.reference_traces[0]
    return np.asarray(handoff.deployment.infer(np.zeros_like(trace.normalise)))


def batch_difference(handoff: Handoff, counts: Sequence[int] = (2,)) -> float:
    """How far the exported file's logits of several inputs in one batch are from those of each alone.

    The inputs are the first photo's, each time shifted along. A deployment may feed one photo at a time; the file takes any
    batch.

    Args:
        handoff: whose file.
        counts: sizes of the batches.
    """
    _, trace = handoff.reference_traces[0]
    most = max(counts)
    inputs = [np.roll(trace.normalise, i * trace.normalise.shape[3] // most, axis=3) for i in range(most)]
    opened = Model.open(handoff.onnx_path)
    infer = Infer(opened.session, opened.domain)
    alone = np.concatenate([infer(tensor) for tensor in inputs])
    return float(np.max([max_abs_difference(infer(np.concatenate(inputs[:count])), alone[:count]) for count in counts]))


@dataclass(frozen=True)
class Rung:
    """One step of the ladder for one photo.

    Attributes:
        name: of the step.
        trace: what its pipeline put out.
        probability: of the class that the reference finds likeliest, 0..1.
        flipped: whether this step's own likeliest class is another.
    """

    name: str
    trace: Trace
    probability: float
    flipped: bool


@dataclass(frozen=True)
class Climb:
    """The way from one pipeline to the reference for one photo, and who is to blame for its length.

    Attributes:
        photo: the photo.
        target: index of the class that the reference finds likeliest.
        rungs: the steps, the last one the reference.
        differences: stage by stage, of the first rung from the reference.
        shares: what each block contributes to the gap in the target's probability; they sum to it.
    """

    photo: Photo
    target: int
    rungs: list[Rung]
    differences: list[StageDifference]
    shares: dict[str, float]

    @property
    def gap(self) -> float:
        """The reference's probability less the first rung's."""
        return self.rungs[-1].probability - self.rungs[0].probability

    @property
    def culprit(self) -> str:
        """The block with the largest share, by size."""
        return max(self.shares, key=lambda block: abs(self.shares[block]))


def climb(handoff: Handoff, photo: Photo) -> Climb:
    """From the naive deployment to the reference, fix by fix; shared out among :data:`lib.ladder.BLOCKS`."""
    contract, dock, reference = handoff.subject.contract, handoff.deployment, handoff.reference
    steps = ladder(dock, reference, contract)
    return _climb(photo, steps, BLOCKS, lambda blocks: mend(dock, reference, contract, blocks))


def climb_from_dock(handoff: Handoff, photo: Photo) -> Climb:
    """From the pipeline in the dock, as it is, to the reference; shared out among the five stages."""
    dock, reference = handoff.deployment, handoff.reference
    steps = {"deployment": dock, "reference": reference}
    return _climb(photo, steps, STAGES, lambda stages: swapped(dock, reference, stages))


def _climb(
    photo: Photo, steps: dict[str, Pipeline], blocks: Sequence[str], mended: Callable[[frozenset[str]], Pipeline]
) -> Climb:
    sweep = Sweep(photo.data)
    traces = {name: sweep.trace(pipeline) for name, pipeline in steps.items()}
    target = top1(traces["reference"].score)
    rungs = [
        Rung(name, without_picture(trace), float(trace.score[0, target]), top1(trace.score) != target)
        for name, trace in traces.items()
    ]
    differences = stage_differences(traces["reference"], next(iter(traces.values())))
    shares = shapley(blocks, lambda coalition: float(sweep.trace(mended(coalition)).score[0, target]))
    return Climb(photo, target, rungs, differences, shares)


def unexplained(climbs: Sequence[Climb]) -> float:
    """The largest part of any photo's gap that the shares do not account for, in probability; NaN where one is NaN."""
    return float(np.max([abs(sum(climb.shares.values()) - climb.gap) for climb in climbs]))
