"""A pipeline is a frozen dataclass of stage functions, so a change to it is ``dataclasses.replace``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

STAGES = ("decode", "resize", "normalise", "infer", "score")


@dataclass(frozen=True)
class Trace:
    """What each stage put out for one photo.

    Attributes:
        decode: the upright RGB picture, uint8 (H, W, 3).
        resize: the picture at the network's size, uint8 (h, w, 3).
        normalise: the network's input, float32 (1, 3, h, w).
        infer: logits, float32 (1, classes).
        score: probabilities, float32 (1, classes), summing to 1.
    """

    decode: NDArray[Any]
    resize: NDArray[Any]
    normalise: NDArray[Any]
    infer: NDArray[Any]
    score: NDArray[Any]


@dataclass(frozen=True)
class Pipeline:
    """One callable for each stage: photo bytes in, probabilities out.

    Between ``decode``, ``resize`` and ``normalise`` a photo is a Pillow RGB image or a uint8 (H, W, 3) array, and each stage
    takes either. See :class:`Trace` for what the stages give.
    """

    decode: Callable[[bytes], Any]
    resize: Callable[[Any], Any]
    normalise: Callable[[Any], Any]
    infer: Callable[[Any], Any]
    score: Callable[[Any], Any]

    def __call__(self, data: bytes) -> NDArray[Any]:
        """Probabilities, float32 (1, classes), for one photo's bytes."""
        value: Any = data
        for stage in STAGES:
            value = getattr(self, stage)(value)
        return value

    def trace(self, data: bytes) -> Trace:
        """The same run, keeping what each stage put out. An exception carries a note that names the stage it came from."""
        import numpy as np  # not at the top: selftest has to run without it, to say that it is missing

        value: Any = data
        outputs = {}
        for stage in STAGES:
            try:
                value = getattr(self, stage)(value)
            except Exception as error:
                error.add_note(f"in stage {stage}")
                raise
            outputs[stage] = np.asarray(value)
        return Trace(**outputs)
