"""Stages of the deployment against PyTorch's, each on inputs that no photo of the run leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.deploy.difference import max_abs_difference
from lib.handoff import Handoff
from lib.inputs.deployment import taken
from lib.probes import Motif, patterns

SURE = 30.0  # logits by which a class leads: all others together have less than 1e-9 of the probability


@dataclass(frozen=True)
class Made:
    """One stage of the deployment against PyTorch's, on what is made for it.

    Attributes:
        worst: the largest difference; infinite where one is refused, NaN where one is NaN.
        compared: how many were made.
        off: the names of those that differ by more than the tolerance or are refused; of sizes of input height × width, of
            photos width × height.
    """

    worst: float
    compared: int
    off: tuple[str, ...]


def at_sizes(handoff: Handoff, sizes: Sequence[tuple[int, int]], tolerance: float) -> Made:
    """Both networks on the first photo, scaled to each of some heights and widths in pixels.

    Args:
        handoff: whose networks.
        sizes: one or more.
        tolerance: what a logit may differ by.
    """
    image = Image.fromarray(np.asarray(handoff.reference.decode(handoff.photos.readable[0].data)))
    differences = {}
    for height, width in sizes:
        tensor = handoff.reference.normalise(image.resize((width, height)))
        differences[f"{height} × {width}"] = _difference(handoff, "infer", tensor)
    return _made(differences, tolerance)


def at_photo_sizes(handoff: Handoff, sizes: Sequence[tuple[int, int]], tolerance: float) -> Made:
    """Both resizes on pictures of some widths and heights in pixels. Those that the deployment does not take are left out.

    Args:
        handoff: whose resizes.
        sizes: one or more.
        tolerance: what a level may differ by.
    """
    motif, differences = Motif.bundled(), {}
    for number, (width, height) in enumerate(sizes):
        picture = motif.picture(width, height, number)
        made, refused = taken(handoff.deployment.resize, picture)
        if refused is None:
            right = np.asarray(handoff.reference.resize(picture))
            differences[f"{width} × {height}"] = max_abs_difference(right, np.asarray(made))
    return _made(differences, tolerance)


def on_patterns(handoff: Handoff, tolerance: float) -> Made:
    """Both networks on the reference's input of each pattern, of a bright photo and of a dark one.

    Patterns can drive a network to logits a hundred times those of photos, and its rounding with them: differences are taken
    in parts of 1 plus the largest logit.

    Args:
        handoff: whose networks.
        tolerance: what a logit may differ by, in these parts.
    """
    right, differences = handoff.reference, {}
    for name, levels in patterns.drawn(Motif.bundled()).items():
        tensor = right.normalise(right.resize(Image.fromarray(levels)))
        differences[name] = _difference(handoff, "infer", tensor) / (1 + float(np.abs(right.infer(tensor)).max()))
    return _made(differences, tolerance)


def on_logits(handoff: Handoff, tolerance: float) -> Made:
    """Both last stages on the logits of an answer that is sure, of one between two classes, and of none at all.

    Args:
        handoff: whose last stages.
        tolerance: what a probability may differ by.
    """
    none = np.zeros((1, len(handoff.subject.classes)), np.float32)
    sure, two = none.copy(), none.copy()
    sure[0, 0] = SURE
    two[0, -2:] = SURE
    logits = {"a sure answer": sure, "two classes alike": two, "all classes alike": none, "below zero": sure - 2 * SURE}
    return _made({name: _difference(handoff, "score", each) for name, each in logits.items()}, tolerance)


def _made(differences: Mapping[str, float], tolerance: float) -> Made:
    off = tuple(name for name, largest in differences.items() if not largest <= tolerance)
    return Made(float(np.max(list(differences.values()))) if differences else 0.0, len(differences), off)


def _difference(handoff: Handoff, stage: str, given: NDArray[np.float32]) -> float:
    """The largest difference of what both make of one input; infinite where the deployment refuses it."""
    made, refused = taken(getattr(handoff.deployment, stage), given)
    if refused is not None:
        return float("inf")
    return max_abs_difference(getattr(handoff.reference, stage)(given), np.asarray(made))
