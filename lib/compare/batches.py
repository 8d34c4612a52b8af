"""Whether inputs in a batch are answered as each alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import Model
from lib.deploy.difference import max_abs_difference
from lib.deploy.stages import Infer


def batch_difference(network: Path, tensor: NDArray[Any], counts: Sequence[int] = (2,)) -> float:
    """How far an exported file's logits of several inputs in one batch are from those of each alone.

    A deployment may feed one photo at a time; the file takes any batch.

    Args:
        network: the file.
        tensor: an input, float32 (1, 3, h, w); the batches are made of it, each time shifted along.
        counts: sizes of the batches.
    """
    most = max(counts)
    inputs = [np.roll(tensor, i * tensor.shape[3] // most, axis=3) for i in range(most)]
    opened = Model.open(network)
    infer = Infer(opened.session, opened.domain)
    alone = np.concatenate([infer(each) for each in inputs])
    return float(np.max([max_abs_difference(infer(np.concatenate(inputs[:count])), alone[:count]) for count in counts]))
