"""The catalogue of mistakes: one change to one stage each, as people make it, with why they do.

>>> from lib.mistakes import CATALOGUE
>>> broken = CATALOGUE["squash"].commit(pipeline, contract)  # doctest: +SKIP
"""

from lib.mistakes.colour import COLOUR
from lib.mistakes.decode import DECODING
from lib.mistakes.mistake import Mistake
from lib.mistakes.normalise import NORMALISATION
from lib.mistakes.processors import PROCESSORS
from lib.mistakes.resizers import FILTERS
from lib.mistakes.shape import SHAPES
from lib.mistakes.sharpening import SHARPENING
from lib.mistakes.tone import TONE
from lib.mistakes.turns import TURNS

CATALOGUE: dict[str, Mistake] = {
    mistake.name: mistake
    for mistake in (
        *DECODING, *SHAPES, *PROCESSORS, *FILTERS, *TURNS, *COLOUR, *TONE, *SHARPENING, *NORMALISATION,
    )
}  # fmt: skip

__all__ = [
    "CATALOGUE", "COLOUR", "DECODING", "FILTERS", "NORMALISATION", "PROCESSORS", "SHAPES", "SHARPENING", "TONE", "TURNS",
    "Mistake",
]  # fmt: skip
