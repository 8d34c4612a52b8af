"""What many cases share is worked out once: the network in PyTorch, its answers, and the probes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import blake2b
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lib import networks
from lib.deploy import Contract, Domain
from lib.networks import reference
from lib.probes import Probe, probes
from lib.studies.robustness import measure


@contextmanager
def remembered() -> Iterator[None]:
    """Within the block a network is built once, and answers each input once. Nothing that a case plants is remembered."""
    infer = reference.infer

    @functools.cache
    def every(contract: Contract, domain: Domain) -> tuple[Probe, ...]:
        return tuple(probes(contract, domain))

    def answering(model: nn.Module) -> Callable[[Any], NDArray[np.float32]]:
        return _remembering(model, infer)

    with ExitStack() as held:
        held.enter_context(patch.object(networks, "build", functools.cache(networks.build)))
        held.enter_context(patch.object(reference, "infer", functools.cache(answering)))
        held.enter_context(patch.object(measure, "probes", every))
        yield


def _remembering(
    model: nn.Module, infer: Callable[[nn.Module], Callable[[Any], NDArray[np.float32]]]
) -> Callable[[Any], NDArray[np.float32]]:
    answers: dict[bytes, NDArray[np.float32]] = {}
    right = infer(model)

    def answer(tensor: Any) -> NDArray[np.float32]:
        array = np.ascontiguousarray(tensor)
        key = blake2b(repr(array.shape).encode() + array.data.tobytes()).digest()
        if key not in answers:
            answers[key] = right(array)
        return answers[key].copy()

    return answer
