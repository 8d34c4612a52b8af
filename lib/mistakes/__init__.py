"""The catalogue of mistakes: one change to one stage each, as people make it, with why they do.

>>> from lib.mistakes import CATALOGUE
>>> broken = CATALOGUE["squash"].commit(pipeline, contract)  # doctest: +SKIP
"""

from lib.mistakes.colour import COLOUR
from lib.mistakes.decoding import DECODING
from lib.mistakes.kernels import KERNELS
from lib.mistakes.mistake import Mistake
from lib.mistakes.normalisation import NORMALISATION
from lib.mistakes.shapes import SHAPES

CATALOGUE: dict[str, Mistake] = {mistake.name: mistake for mistake in (*DECODING, *SHAPES, *KERNELS, *COLOUR, *NORMALISATION)}

__all__ = ["CATALOGUE", "COLOUR", "DECODING", "KERNELS", "NORMALISATION", "SHAPES", "Mistake"]
