"""Deployments that are right where PyTorch is at hand, and nowhere else."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from lib.deploy import Model, Pipeline
from lib.deploy.stages import score
from lib.gate.deployed import Planted, factories

_PYTORCH = "torch"


def _when_built(ours: Pipeline, _: Model) -> Pipeline:
    importlib.import_module(_PYTORCH)
    return ours


def _in_stage(right: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def stage(value: Any) -> Any:
        importlib.import_module(_PYTORCH)
        return right(value)

    return stage


def _softmax_of_pytorch(ours: Pipeline, _: Model) -> Pipeline:
    def softmax(logits: Any) -> Any:
        torch = importlib.import_module(_PYTORCH)
        return torch.softmax(torch.from_numpy(np.array(logits)), dim=1).numpy()

    return replace(ours, score=softmax)


def _otherwise_without(right: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Another answer where PyTorch is not there, in place of an error."""

    def scored(logits: Any) -> Any:
        try:
            importlib.import_module(_PYTORCH)
        except ImportError:
            return score(np.asarray(logits) / np.float32(1.01))
        return right(logits)

    return scored


PLANTED = (
    Planted("PyTorch imported when the pipeline is built", "dependencies", _when_built),
    Planted("PyTorch's softmax", "dependencies", _softmax_of_pytorch),
    *(
        Planted(
            f"PyTorch imported in {name}",
            "dependencies",
            lambda ours, _, name=name: replace(ours, **{name: _in_stage(getattr(ours, name))}),  # type: ignore[misc]
        )
        for name in ("decode", "normalise")
    ),
    Planted(
        "another temperature where there is no PyTorch",
        "dependencies",
        lambda ours, _: replace(ours, score=_otherwise_without(ours.score)),
    ),
)

__getattr__ = factories(PLANTED)
