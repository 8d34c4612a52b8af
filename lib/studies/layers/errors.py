"""How far the blocks of an ONNX network are from PyTorch's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from lib.deploy.difference import max_abs_difference
from lib.deploy.model import IMAGE
from lib.deploy.sessions import open_session
from lib.studies.layers.blocks import Divided

LEAST = float(np.finfo(np.float32).tiny)  # what a block's largest magnitude counts as where its output is all zeros


@dataclass(frozen=True)
class Error:
    """How far one block's output is from PyTorch's on one photo.

    Attributes:
        difference: the largest, in the block's own units; infinite where the shapes differ, NaN where a NaN is involved.
        largest: the largest magnitude of PyTorch's output.
    """

    difference: float
    largest: float

    @classmethod
    def of(cls, reference: NDArray[Any], deployment: NDArray[Any]) -> Error:
        """The error of an array against PyTorch's."""
        return cls(max_abs_difference(reference, deployment), float(np.abs(reference).max()))

    @property
    def relative(self) -> float:
        """The difference over the largest magnitude."""
        return self.difference / max(self.largest, LEAST)

    @property
    def scaled(self) -> float:
        """The difference over 1 plus the largest magnitude: absolute for small outputs, relative for large ones.

        Rounding grows with the numbers that are added up, so an absolute tolerance would be too strict for large outputs. A
        relative one would be too strict for outputs near zero, which are differences of larger numbers.
        """
        return self.difference / (1 + self.largest)

    def over(self, tolerance: float) -> bool:
        """Whether the scaled error is more than ``tolerance``; a NaN is."""
        return not self.scaled <= tolerance


def worse(a: Error, b: Error) -> Error:
    """The error with the larger scaled value; a NaN is larger than any."""
    return b if np.nan_to_num(b.scaled, nan=np.inf) > np.nan_to_num(a.scaled, nan=np.inf) else a


@dataclass(frozen=True)
class Reading:
    """One block, worst of all photos.

    Attributes:
        block: its name.
        accumulated: of the ONNX network from its input to the end of this block.
        local: of the ONNX block alone, fed what PyTorch feeds its own.
        shape: of its output on the first photo.
    """

    block: str
    accumulated: Error
    local: Error
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Opened:
    """An ONNX network opened in ONNX Runtime, whole and block by block.

    Attributes:
        network: which.
        whole: every block's output is among its outputs.
        alone: one a block.
    """

    network: Divided
    whole: InferenceSession
    alone: tuple[InferenceSession, ...]

    @classmethod
    def of(cls, network: Divided) -> Opened:
        """A network that was divided into its blocks.

        Raises:
            BadInput: a block cannot be cut out.
        """
        alone = (open_session(network.alone(block).SerializeToString()) for block in network.blocks)
        return cls(network, open_session(network.probed().SerializeToString()), tuple(alone))

    def readings(self, expected: Mapping[str, NDArray[Any]]) -> tuple[Reading, ...]:
        """Both errors of every block on one photo, in the order they run.

        Args:
            expected: what PyTorch fed the first block, under ``image``, and each block's output, by the block's name.
        """
        everything: Sequence[Any] = self.whole.run(None, {self.network.blocks[0].fed: expected[IMAGE]})
        readings = []
        befores = (IMAGE, *self.network.names)
        for before, block, session, got in zip(befores, self.network.blocks, self.alone, everything, strict=False):
            by_itself: Any = session.run(None, {block.fed: expected[before]})[0]
            accumulated, local = (Error.of(expected[block.name], output) for output in (got, by_itself))
            readings.append(Reading(block.name, accumulated, local, expected[block.name].shape))
        return tuple(readings)


def worst_readings(former: Sequence[Reading], later: Sequence[Reading]) -> tuple[Reading, ...]:
    """Each block's larger errors of two; ``former`` is empty before the first photo."""
    if not former:
        return tuple(later)
    return tuple(
        replace(a, accumulated=worse(a.accumulated, b.accumulated), local=worse(a.local, b.local))
        for a, b in zip(former, later, strict=True)
    )


def largest(readings: Sequence[Reading], what: str) -> float:
    """The largest scaled ``accumulated`` or ``local`` error of any block; NaN where one is NaN."""
    return float(np.max([getattr(reading, what).scaled for reading in readings]))


def compared(readings: Sequence[Reading]) -> int:
    """How many blocks have two errors that are numbers; one of another shape, or with a NaN, has not."""
    return sum(math.isfinite(reading.accumulated.scaled + reading.local.scaled) for reading in readings)


def elsewhere(readings: Sequence[Reading], faulty: str, tolerance: float, alone: float) -> int:
    """How many blocks are over, though the fault is in another: accumulated before ``faulty``, or local anywhere else.

    Args:
        readings: one a block.
        faulty: the block with the fault.
        tolerance: of accumulated errors.
        alone: of local errors.
    """
    names = [reading.block for reading in readings]
    before = names[: names.index(faulty)]
    return sum(
        reading.local.over(alone) or (reading.block in before and reading.accumulated.over(tolerance))
        for reading in readings
        if reading.block != faulty
    )


def first_over(readings: Sequence[Reading], tolerance: float) -> str | None:
    """The first block whose accumulated error is over the tolerance, or None."""
    return next((reading.block for reading in readings if reading.accumulated.over(tolerance)), None)


def stays_over(readings: Sequence[Reading], tolerance: float) -> bool:
    """Whether no block after the first that is over comes back within the tolerance: what bisection takes for granted."""
    over = [reading.accumulated.over(tolerance) for reading in readings]
    return over == sorted(over)
