"""The first block that is too far from PyTorch's, found by halving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from lib.deploy.model import IMAGE
from lib.deploy.sessions import open_session
from lib.deploy.stages import logits_of
from lib.studies.layers.blocks import Divided
from lib.studies.layers.errors import Error


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
class Symptom:
    """One photo on which the logits are off, with all that a search needs.

    Attributes:
        photo: its name.
        error: of the uncut network's logits.
        expected: what PyTorch fed the first block, under ``image``, and each block's output, by the block's name.
    """

    photo: str
    error: Error
    expected: Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Search:
    """A bisection.

    Attributes:
        photo: the name of the photo it was made on, whose logits are off most.
        symptom: the error of that photo's logits, without which there is nothing to look for.
        probes: the cuts, in the order they were made.
        found: the first block over the tolerance, or None where the network as a whole is within it.
    """

    photo: str
    symptom: Error
    probes: tuple[Probe, ...]
    found: str | None


def most_probes(blocks: int) -> int:
    """How many probes a bisection among so many blocks makes at most: log2, rounded up."""
    return (blocks - 1).bit_length()


def bisect(network: Divided, symptom: Symptom, tolerance: float) -> Search:
    """The first block over the tolerance, by halving, with at most :func:`most_probes` probes.

    It takes for granted that an error, once over the tolerance, stays over it: notebook 07_layers verifies that.
    """
    names = network.names
    if not symptom.error.over(tolerance):
        return Search(symptom.photo, symptom.error, (), None)
    probes: list[Probe] = []
    first, last = 0, len(names) - 1  # the block looked for is one of these, and last is over
    while first < last:
        middle = names[(first + last) // 2]
        cut = open_session(network.upto(network[middle]).SerializeToString())
        error = Error.of(symptom.expected[middle], logits_of(cut, symptom.expected[IMAGE]))
        probes.append(Probe(middle, error, error.over(tolerance)))
        first, last = (first, names.index(middle)) if probes[-1].over else (names.index(middle) + 1, last)
    return Search(symptom.photo, symptom.error, tuple(probes), names[last])
