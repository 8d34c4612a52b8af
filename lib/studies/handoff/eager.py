"""PyTorch's pipeline as a service would open it, to stand beside the package on the stopwatch."""

from __future__ import annotations

from pathlib import Path

from lib import networks
from lib.deploy import Pipeline
from lib.inputs import subject
from lib.networks import reference


def pipeline(path: str, weights: str) -> Pipeline:
    """Eager PyTorch, from a photo's bytes to probabilities.

    Args:
        path: a subject's TOML file.
        weights: its weights file.
    """
    chosen = subject.load(path)
    return reference.pipeline(networks.build(chosen, Path(weights)), chosen.contract)
