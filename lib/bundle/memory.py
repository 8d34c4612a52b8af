"""What a model holds when it is opened, and what an answer takes beside that: ``python -m lib.bundle.memory MODEL``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from lib.cache import ROOT
from lib.deploy import Contract, Domain, Model
from lib.deploy.stages import logits_of
from lib.guarded.lifeline import lifeline
from lib.timing import peak_memory

UNIT = 10**6  # bytes, to which numbers are rounded up


def measured(network: Path) -> dict[str, int]:
    """Bytes by ``opened`` and ``answer``, measured in a process of its own; 0 where the system does not say.

    Args:
        network: an exported file.
    """
    with lifeline() as stdin:
        command = [sys.executable, "-m", __name__, str(network)]
        ran = subprocess.run(command, cwd=ROOT, stdin=stdin, capture_output=True, check=True)
    found: dict[str, int] = json.loads(ran.stdout)
    return found


def largest(contract: Contract, domain: Domain) -> tuple[int, int]:
    """Height and width in pixels of the largest input that the network may be fed."""
    if contract.rule == "shorter-side":
        return contract.size, max(contract.size, domain.most)
    side = contract.crop or contract.size
    return side, side


def main(network: str) -> dict[str, int]:
    """Measure it in this process."""
    model = Model.open(network)
    opened = _rounded_up(peak_memory())
    logits_of(model.session, np.zeros((1, 3, *largest(model.contract, model.domain)), np.float32))
    return {"opened": opened, "answer": _rounded_up(peak_memory()) - opened}


def _rounded_up(number: int) -> int:
    return -(-number // UNIT) * UNIT


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
