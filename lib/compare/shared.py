"""Many pipelines over one photo, sharing the work of the first stages that they have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import STAGES, Pipeline, Trace


class SharedTraces:
    """Runs pipelines over one photo; a chain of stages that ran before is not run again.

    Stages are taken to be pure: the same function on the same input gives the same output. Everything that was put out is held
    until this object is let go, so make one for each photo.

    Args:
        data: the photo's bytes.
    """

    def __init__(self, data: bytes) -> None:
        self._outputs: dict[tuple[Hashable, ...], Any] = {(): data}
        self._arrays: dict[tuple[Hashable, ...], NDArray[Any]] = {}
        self._functions: list[Callable[[Any], Any]] = []  # held, so that no other object takes over an id

    def trace(self, pipeline: Pipeline) -> Trace:
        """What each stage of ``pipeline`` puts out, as :meth:`lib.deploy.Pipeline.trace` gives it."""
        chain: tuple[Hashable, ...] = ()
        outputs = {}
        for stage in STAGES:
            function = getattr(pipeline, stage)
            before, chain = chain, (*chain, self._key(function))
            if chain not in self._outputs:
                self._outputs[chain] = function(self._outputs[before])
                self._arrays[chain] = np.asarray(self._outputs[chain])
            outputs[stage] = self._arrays[chain]
        return Trace(**outputs)

    def _key(self, function: Callable[[Any], Any]) -> Hashable:
        try:
            hash(function)
        except TypeError:
            self._functions.append(function)
            return id(function)
        return function
