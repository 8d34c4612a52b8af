"""PyTorch itself, which the others are held against."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lib.runtimes.runtime import SUBJECT, Answer, Runtime


def loader(compiled: bool) -> Callable[[str], Answer]:
    """A function that builds a subject's network from a JSON list of the paths of its TOML file and of its weights."""

    def load(source: str) -> Answer:
        import torch

        from lib import networks
        from lib.inputs import subject
        from lib.inputs.weights import locate
        from lib.networks import reference

        toml, weights = json.loads(source)
        chosen = subject.load(toml)
        network: Any = networks.build(chosen, locate(chosen, weights))
        if compiled:
            network = torch.compile(network, dynamic=False)
        return reference.infer(network)

    return load


EAGER, COMPILED = "PyTorch, eager", "PyTorch, compiled"
RUNTIMES = (
    Runtime(EAGER, "torch", SUBJECT, loader(compiled=False), "it is where the network comes from"),
    Runtime(COMPILED, "torch", SUBJECT, loader(compiled=True), "one call; it compiles anew for every size", benchmarked=True),
)
