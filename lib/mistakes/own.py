"""What is no mistake under a contract, since the contract itself asks for it."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np

from lib.compare.view import of_contract
from lib.deploy import Contract
from lib.deploy.stages import preprocessing
from lib.mistakes import processors, shape
from lib.mistakes.normalise import NORMALISATION
from lib.mistakes.shape import Viewer

# Widths and heights in pixels at which every shape rule that is another than the contract's shows it: some round otherwise.
_SIZES = tuple(product(range(331, 1100, 41), (227, 400, 601, 1100)))
_NEAREST = "squash, nearest"


@cache
def own(contract: Contract) -> frozenset[str]:
    """Names of the catalogue that do at every photo what a contract says, as ``squash`` does where the contract squashes.

    A mistake that changes nothing on some photos, as ``squash`` on square ones, is still one.

    Args:
        contract: what a subject states.
    """
    names = {f"Pillow {contract.filter}"}
    names |= {name for name, viewer in shape.VIEWERS.items() if _same_views(viewer, contract)}
    if contract.filter == "nearest" and _same_views(processors.VIEWERS[_NEAREST], contract):
        names.add(_NEAREST)
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    right = preprocessing(contract)[1](picture)
    names |= {each.name for each in NORMALISATION if np.array_equal(each.make(contract)(picture), right)}
    return frozenset(names)


def _same_views(viewer: Viewer, contract: Contract) -> bool:
    return all(viewer(contract, *size) == of_contract(contract, *size) for size in _SIZES)
