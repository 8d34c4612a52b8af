"""Many pipelines over one photo, sharing the work of the stages that they have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.deploy import STAGES, Pipeline, Trace

_EACH = (
    16  # value of an array that is looked at to tell it from others quickly; those that look alike are then compared in full
)


@dataclass(frozen=True)
class Chained:
    """A stage made of two: what begins with the same first one shares its work.

    Attributes:
        first: from the stage's input to what ``then`` takes.
        then: from there to what the stage gives.
    """

    first: Callable[[Any], Any]
    then: Callable[[Any], Any]

    def __call__(self, value: Any) -> Any:
        return self.then(self.first(value))


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
            held = self._run(held, getattr(pipeline, stage))
            yield stage, self._arrays[held]

    def _run(self, held: Hashable, function: Callable[[Any], Any]) -> Hashable:
        """Where the output of a function lies whose input lies at ``held``."""
        if isinstance(function, Chained):
            return self._run(self._run(held, function.first), function.then)
        step = held, self._key(function)
        if step not in self._after:
            self._after[step] = self._keep(function(self._outputs[held]))
        return self._after[step]

    def _keep(self, output: Any) -> Hashable:
        array = np.asarray(output)
        # a Pillow image and an array of the same levels are two inputs: a stage may take only one of them
        kind = output.mode if isinstance(output, Image.Image) else type(output)
        data = np.ascontiguousarray(array)
        alike = kind, array.dtype.str, array.shape, crc32(data.reshape(-1)[::_EACH].tobytes())
        number = 0  # arrays that are alike and not the same come after one another
        while (held := (*alike, number)) in self._arrays and not _same(self._arrays[held], data):
            number += 1
        if held not in self._arrays:
            self._outputs[held], self._arrays[held] = output, array
        return held

    def _key(self, function: Callable[[Any], Any]) -> Hashable:
        try:
            hash(function)
        except TypeError:
            self._functions.append(function)
            return id(function)
        return function


def _same(a: NDArray[Any], b: NDArray[Any]) -> bool:
    """Whether two arrays of one shape and type hold the same bytes, so that a NaN is itself."""
    return np.ascontiguousarray(a).tobytes() == b.tobytes()
