"""The photos on which a mistake changes the answer most, traced once more with their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lib.compare.pair import Pair
from lib.compare.shared import SharedTraces
from lib.deploy import BadPhoto, Contract, Pipeline, files
from lib.deploy.errors import printable
from lib.mistakes import CATALOGUE


def worst(folder: Path, chosen: Sequence[tuple[str, str]], reference: Pipeline, contract: Contract) -> tuple[Pair, ...]:
    """The reference and the reference with a mistake in it on each photo, in the order given.

    A photo that is gone by now, or that one of both cannot read any more, is left out.

    Args:
        folder: that was swept.
        chosen: name of a mistake, and a photo's path from the folder on.
        reference: PyTorch's pipeline.
        contract: the subject's.
    """
    pairs = []
    for mistake, photo in chosen:
        try:
            shared = SharedTraces(files.read(folder / photo, files.PHOTO))
            right, wrong = (shared.trace(each) for each in (reference, CATALOGUE[mistake].commit(reference, contract)))
        except (OSError, BadPhoto):
            continue
        pairs.append(Pair.of(printable(photo), mistake, right, wrong))
    return tuple(pairs)
