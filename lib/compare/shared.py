"""Many pipelines over one photo, sharing the work of the stages that they have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.deploy import STAGES, Pipeline, Trace


class SharedTraces:
    """Runs pipelines over one photo; a stage that was given the very same input before is not run again.

    Stages are taken to be pure: the same function on the same input gives the same output. Inputs are told apart by what they
    hold, so two pipelines whose pictures are equal share what follows, whoever made the pictures, and equal outputs are one
    array. Everything that was put out is held until this object is let go, so make one for each photo.

    Args:
        data: the photo's bytes.
    """

    def __init__(self, data: bytes) -> None:
        self._outputs: dict[Hashable, Any] = {None: data}  # by what they hold; the photo's bytes come first
        self._arrays: dict[Hashable, NDArray[Any]] = {}
        self._after: dict[tuple[Hashable, Hashable], Hashable] = {}  # from an input and a function to its output
        self._functions: list[Callable[[Any], Any]] = []  # held, so that no other object takes over an id

    def trace(self, pipeline: Pipeline) -> Trace:
        """What each stage of ``pipeline`` puts out, as :meth:`lib.deploy.Pipeline.trace` gives it."""
        return Trace(**dict(self.outputs(pipeline)))

    def outputs(self, pipeline: Pipeline) -> Iterator[tuple[str, NDArray[Any]]]:
        """Each stage's name with what it puts out, in the order of the pipeline. A stage runs when its output is asked for."""
        held: Hashable = None
        for stage in STAGES:
            function = getattr(pipeline, stage)
            step = held, self._key(function)
            if step not in self._after:
                self._after[step] = self._keep(function(self._outputs[held]))
            held = self._after[step]
            yield stage, self._arrays[held]

    def _keep(self, output: Any) -> Hashable:
        array = np.asarray(output)
        # a Pillow image and an array of the same levels are two inputs: a stage may take only one of them
        kind = output.mode if isinstance(output, Image.Image) else type(output)
        held = kind, array.dtype.str, array.shape, blake2b(np.ascontiguousarray(array).data).digest()
        self._outputs.setdefault(held, output)
        self._arrays.setdefault(held, array)
        return held

    def _key(self, function: Callable[[Any], Any]) -> Hashable:
        try:
            hash(function)
        except TypeError:
            self._functions.append(function)
            return id(function)
        return function
