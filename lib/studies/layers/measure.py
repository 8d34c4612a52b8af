"""Block by block: how far ONNX Runtime is from PyTorch, and which block is the first to be too far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from lib.studies.layers.blocks import Divided, divided, outputs
from lib.compare.comparison import max_abs_difference
from lib.deploy.sessions import open_session
from lib.deploy.stages import logits_of
from lib.handoff import Handoff

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


def exported(handoff: Handoff) -> Divided:
    """The exported network and its blocks."""
    return divided(onnx.load(handoff.onnx_path), handoff.model, handoff.onnx_path.name)


def profile(handoff: Handoff, network: Divided) -> list[Reading]:
    """Both errors of every block, in the order they run.

    Args:
        handoff: whose network in PyTorch is the reference, on whose photos.
        network: the ONNX network to hold against it.

    Raises:
        BadInput: a block cannot be cut out.
    """
    whole = open_session(network.probed().SerializeToString())
    alone = {block.name: open_session(network.alone(block).SerializeToString()) for block in network.blocks}
    readings: dict[str, Reading] = {}
    for _, trace in handoff.reference_traces:
        expected = outputs(handoff.model, trace.normalise)
        everything: Sequence[Any] = whole.run(None, {network.blocks[0].fed: trace.normalise})
        for before, block, got in zip(("image", *network.names), network.blocks, everything, strict=False):
            by_itself: Any = alone[block.name].run(None, {block.fed: expected[before]})[0]
            accumulated, local = (Error.of(expected[block.name], output) for output in (got, by_itself))
            reading = Reading(block.name, accumulated, local, expected[block.name].shape)
            former = readings.get(block.name, reading)
            accumulated, local = worse(former.accumulated, accumulated), worse(former.local, local)
            readings[block.name] = replace(former, accumulated=accumulated, local=local)
    return list(readings.values())


def largest(readings: Sequence[Reading], what: str) -> float:
    """The largest scaled ``accumulated`` or ``local`` error of any block; NaN where one is NaN."""
    return float(np.max([getattr(reading, what).scaled for reading in readings]))


def compared(readings: Sequence[Reading]) -> int:
    """How many blocks have two errors that are numbers; one of another shape, or with a NaN, has not."""
    return sum(math.isfinite(reading.accumulated.scaled + reading.local.scaled) for reading in readings)


def accused(readings: Sequence[Reading], guilty: str, tolerance: float, alone: float) -> int:
    """How many blocks are over, though the fault is elsewhere: accumulated before ``guilty``, or local anywhere else.

    Args:
        readings: one a block.
        guilty: the block with the fault.
        tolerance: of accumulated errors.
        alone: of local errors.
    """
    names = [reading.block for reading in readings]
    before = names[: names.index(guilty)]
    return sum(
        reading.local.over(alone) or (reading.block in before and reading.accumulated.over(tolerance))
        for reading in readings
        if reading.block != guilty
    )


def first_over(readings: Sequence[Reading], tolerance: float) -> str | None:
    """The first block whose accumulated error is over the tolerance, or None."""
    return next((reading.block for reading in readings if reading.accumulated.over(tolerance)), None)


def stays_over(readings: Sequence[Reading], tolerance: float) -> bool:
    """Whether no block after the first that is over comes back within the tolerance: what bisection takes for granted."""
    over = [reading.accumulated.over(tolerance) for reading in readings]
    return over == sorted(over)


@dataclass(frozen=True)
class Probe:
    """One run of the ONNX network, cut at a block.

    Attributes:
        block: where it was cut.
        error: of that block's output.
        over: whether that is over the tolerance.
    """

    block: str
    error: Error
    over: bool


@dataclass(frozen=True)
class Search:
    """A bisection.

    Attributes:
        photo: the name of the photo it was made on, whose logits are off most.
        symptom: the uncut network, without which there is nothing to look for.
        probes: the cuts, in the order they were made.
        found: the first block over the tolerance, or None where the network as a whole is within it.
    """

    photo: str
    symptom: Probe
    probes: tuple[Probe, ...]
    found: str | None


def most_probes(blocks: int) -> int:
    """How many probes a bisection among so many blocks makes at most: log2, rounded up."""
    return (blocks - 1).bit_length()


def bisect(handoff: Handoff, network: Divided, tolerance: float) -> Search:
    """The first block over the tolerance, by halving, with at most :func:`most_probes` probes.

    It takes for granted that an error, once over the tolerance, stays over it: :func:`stays_over` verifies that.
    """
    names = network.names
    session = open_session(network.model.SerializeToString())
    logits = [Error.of(trace.infer, logits_of(session, trace.normalise)) for _, trace in handoff.reference_traces]
    error = reduce(worse, logits)
    photo, trace = handoff.reference_traces[logits.index(error)]
    symptom = Probe(names[-1], error, error.over(tolerance))
    if not symptom.over:
        return Search(photo.name, symptom, (), None)
    expected = outputs(handoff.model, trace.normalise)
    probes: list[Probe] = []
    first, last = 0, len(names) - 1  # the block looked for is one of these, and last is over
    while first < last:
        middle = names[(first + last) // 2]
        cut = open_session(network.upto(network[middle]).SerializeToString())
        error = Error.of(expected[middle], logits_of(cut, trace.normalise))
        probes.append(Probe(middle, error, error.over(tolerance)))
        first, last = (first, names.index(middle)) if probes[-1].over else (names.index(middle) + 1, last)
    return Search(photo.name, symptom, tuple(probes), names[last])
