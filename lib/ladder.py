"""The steps from a naive deployment to the reference, and what mending each block undoes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from lib.deploy import STAGES, Contract, Pipeline
from lib.deploy.stages import Resize

# What a deployment can get right or wrong. The resize stage counts twice, since its shape and its filter go wrong separately.
BLOCKS = ("decode", "resize shape", "resize filter", "normalise", "infer", "score")


def naive(deployment: Pipeline, contract: Contract) -> Pipeline:
    """The article's first deployment: squash to a square, and Pillow's filter of old, nearest."""
    return replace(deployment, resize=_resize(contract, right_shape=False, right_filter=False))


def ladder(deployment: Pipeline, reference: Pipeline, contract: Contract) -> dict[str, Pipeline]:
    """The article's steps from the naive deployment to the reference, each fix on top of the one before.

    The steps up to ``right filter`` keep every stage of the deployment but its resize; ``deployment`` is it as it is.
    """
    return {
        "naive": naive(deployment, contract),
        "right shape": replace(deployment, resize=_resize(contract, right_shape=True, right_filter=False)),
        "right filter": replace(deployment, resize=_resize(contract, right_shape=True, right_filter=True)),
        "deployment": deployment,
        "reference": reference,
    }


def mend(deployment: Pipeline, reference: Pipeline, contract: Contract, blocks: Collection[str]) -> Pipeline:
    """The naive deployment with some of :data:`BLOCKS` taken from the reference.

    With no block this is :func:`naive`, with all of them the reference.
    """
    stages = {stage: getattr(reference, stage) for stage in STAGES if stage in blocks}
    shape, filter_ = "resize shape" in blocks, "resize filter" in blocks
    stages["resize"] = reference.resize if shape and filter_ else _resize(contract, shape, filter_)
    return replace(deployment, **stages)


def swapped(deployment: Pipeline, reference: Pipeline, stages: Collection[str]) -> Pipeline:
    """The deployment as it is, with some of its stages taken from the reference."""
    return replace(deployment, **{stage: getattr(reference, stage) for stage in stages})


def _resize(contract: Contract, right_shape: bool, right_filter: bool) -> Resize:
    kernel = contract.filter if right_filter else "nearest"
    if right_shape:
        return Resize(contract.size, contract.rule, kernel, contract.crop)
    return Resize(contract.crop or contract.size, "squash", kernel)
