"""A stage of a deployment that fails on a photo, and PyTorch's in its place, so that the rest can be measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lib.compare.shared import SharedTraces
from lib.deploy import STAGES, BadInput, Pipeline
from lib.inputs.deployment import Over


@dataclass(frozen=True)
class Unanswered:
    """A stage of the deployment that gave nothing for a photo.

    Attributes:
        photo: the photo's name.
        stage: the stage's name.
        reason: what it raised, or what is wrong with what it gave, in a line.
        over: whether the deployment's process ended; then every later stage fails too, on this photo and on all others.
    """

    photo: str
    stage: str
    reason: str
    over: bool


def answering(
    photo: str, shared: SharedTraces, deployment: Pipeline, reference: Pipeline
) -> tuple[Pipeline, tuple[Unanswered, ...]]:
    """The deployment with the reference's stage in place of each that fails on a photo, and what failed.

    Args:
        photo: the photo's name.
        shared: the photo's traces; the work is done there, and so only once.
        deployment: the pipeline under test.
        reference: PyTorch's.
    """
    failed: list[Unanswered] = []
    while True:
        passed: list[str] = []
        try:
            passed.extend(stage for stage, _ in shared.outputs(deployment))
            return deployment, tuple(failed)
        except BadInput as error:
            stage = STAGES[len(passed)]
            failed.append(Unanswered(photo, stage, str(error), isinstance(error, Over)))
            deployment = replace(deployment, **{stage: getattr(reference, stage)})


def causes(unanswered: Iterable[Unanswered]) -> tuple[Unanswered, ...]:
    """What has to be mended: of all that fails because the process ended, only the stage that ended it."""
    found: list[Unanswered] = []
    over = False
    for each in unanswered:
        if not (over and each.over):
            found.append(each)
        over = over or each.over
    return tuple(found)
