"""The photos on which mistakes change the answer most, as the network is shown them."""

from __future__ import annotations

from collections.abc import Sequence

from lib.compare.pair import Pair
from lib.compare.view import of_contract
from lib.deploy import Contract
from lib.mistakes.shape import VIEWERS
from lib.report.html import Html, join, note
from lib.report.inputs_seen import seen_by_the_model
from lib.report.stages_apart import stages_apart

LAID_BACK = (
    "Both are laid back over the photo to be compared, so that padding and a shift alone are no difference. Hatched: not shown."
)


def worst(pairs: Sequence[Pair], contract: Contract, classes: Sequence[str]) -> Html:
    """What the reference and the mistake feed the network, and the place where they differ most, one square a pixel.

    Args:
        pairs: the reference and the reference with a mistake in it.
        contract: the subject's.
        classes: class names in the order of the probabilities.
    """
    if not pairs:
        return note("No mistake changes an answer here.")
    return join(*(_worst(pair, contract, classes, f"cost-worst-{i}") for i, pair in enumerate(pairs, 1)))


def _worst(pair: Pair, contract: Contract, classes: Sequence[str], name: str) -> Html:
    viewer = VIEWERS.get(pair.comparison.name)
    if viewer is None:
        return stages_apart(pair, contract, classes, name)
    # another shape: what each shows is laid over the photo, so that the same places are compared
    height, width = pair.reference.decode.shape[:2]
    right, other = of_contract(contract, width, height), viewer(contract, width, height)
    grid = right.scaled
    laid = right.in_photo(pair.reference.resize, *grid), other.in_photo(pair.candidate.resize, *grid)
    return join(seen_by_the_model(pair, laid, classes, name), note(LAID_BACK))
