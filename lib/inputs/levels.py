"""Deployments whose network normalises by itself: their ``normalise`` gives levels, and so their ``infer`` takes levels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import Contract, Pipeline
from lib.deploy.stages import Normalise


def normalising(pipeline: Pipeline, contract: Contract) -> Pipeline:
    """The pipeline, with a ``normalise`` that gives what the network is fed and an ``infer`` that takes it.

    A deployment may have put normalisation into its graph. Its ``normalise`` then gives levels, uint8 (1, 3, H, W). To be held
    against PyTorch's stage by stage, these are normalised here, and an input for its network is made levels again, without
    loss. A deployment whose ``normalise`` gives float32 stays as it is.

    Args:
        pipeline: its stages.
        contract: the right normalisation.
    """
    adapted = _Adapted(pipeline, contract)
    return replace(pipeline, normalise=adapted.normalise, infer=adapted.infer)


class _Adapted:
    def __init__(self, pipeline: Pipeline, contract: Contract) -> None:
        self._pipeline = pipeline
        self._right = Normalise(contract.mean, contract.std)
        self._takes_levels: bool | None = None  # found out from the first picture
        self._mean, self._std = (np.array(values).reshape(1, 3, 1, 1) for values in (contract.mean, contract.std))

    def normalise(self, picture: Any) -> Any:
        made = self._pipeline.normalise(picture)
        self._takes_levels = np.asarray(made).dtype == np.uint8
        return self._right(np.asarray(made)[0].transpose(1, 2, 0)) if self._takes_levels else made

    def infer(self, tensor: Any) -> Any:
        if self._takes_levels is None:
            self.normalise(self._levels(tensor)[0].transpose(1, 2, 0))
        return self._pipeline.infer(self._levels(tensor) if self._takes_levels else tensor)

    def _levels(self, tensor: Any) -> NDArray[np.uint8]:
        """uint8 (N, 3, H, W) from float32 (N, 3, H, W)."""
        levels = (np.asarray(tensor, np.float64) * self._std + self._mean) * 255
        return np.ascontiguousarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8))
