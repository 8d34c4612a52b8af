"""What the network is shown of a photo under each shape rule, and what that does to the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.compare.comparison import top1
from lib.deploy import Trace
from lib.handoff import Handoff
from lib.mistakes import CATALOGUE
from lib.mistakes.shape import VIEWERS
from lib.studies.parity.measure import Parity
from lib.inputs.photos import Photo
from lib.compare.shared import Sweep
from lib.compare.view import View, of_contract

GRID = 360  # cells along the photo's longer side on which views are compared


@dataclass(frozen=True)
class Seen:
    """One shape rule on one photo.

    Attributes:
        photo: the photo.
        rule: the mistake's name, or ``reference``.
        view: what part of the photo the network is shown, and how large.
        trace: what the pipeline with this rule put out.
        picture: what the network is shown, put back onto the photo, in levels: float64 (rows, columns, 3), NaN where nothing.
        difference: mean over the channels of the absolute difference from the reference's picture, in levels, on the same
            grid; NaN where either is shown nothing.
        probability: of the class that the reference finds likeliest, 0..1.
        flipped: whether the likeliest class is another.
    """

    photo: Photo
    rule: str
    view: View
    trace: Trace
    picture: NDArray[np.float64]
    difference: NDArray[np.float64]
    probability: float
    flipped: bool

    @property
    def unseen(self) -> float:
        """The share of the photo that the network is not shown, 0..1."""
        return float(np.isnan(self.picture[:, :, 0]).mean())

    @property
    def stretch(self) -> float:
        """How much wider than high the photo is shown than it is: 1 where its proportions are kept."""
        width, height = self.photo.size
        return self.view.scaled[0] / width / (self.view.scaled[1] / height)

    @property
    def mean_difference(self) -> float:
        """Mean of the difference over what both are shown, in levels; NaN where they share nothing."""
        shared = self.difference[~np.isnan(self.difference)]
        return float(shared.mean()) if shared.size else float("nan")


def shapes_seen(handoff: Handoff, photo: Photo) -> list[Seen]:
    """The reference, then every shape mistake of the catalogue, on one photo."""
    contract, width, height = handoff.subject.contract, *photo.size
    scale = GRID / max(width, height)
    grid = max(1, round(width * scale)), max(1, round(height * scale))
    sweep = Sweep(photo.data)
    expected = sweep.trace(handoff.reference)
    target = top1(expected.score)
    right = of_contract(contract, width, height)
    original = right.in_photo(expected.resize, *grid)

    def seen(rule: str, view: View, trace: Trace) -> Seen:
        picture = view.in_photo(trace.resize, *grid)
        difference = np.abs(picture - original).mean(axis=2)
        probability = float(trace.score[0, target])
        return Seen(photo, rule, view, trace, picture, difference, probability, top1(trace.score) != target)

    mistaken = [
        seen(rule, viewer(contract, width, height), sweep.trace(CATALOGUE[rule].commit(handoff.deployment, contract)))
        for rule, viewer in VIEWERS.items()
    ]
    return [seen("reference", right, expected), *mistaken]


def by_orientation(every: Sequence[list[Seen]]) -> dict[str, list[Seen]]:
    """What was seen of the first landscape, portrait and square photo, as far as there are any."""
    found: dict[str, list[Seen]] = {}
    for seen in every:
        width, height = seen[0].photo.size
        kind = "square" if width == height else "landscape" if width > height else "portrait"
        found.setdefault(kind, seen)
    return {kind: found[kind] for kind in ("landscape", "portrait", "square") if kind in found}


def other_shape(results: Sequence[Parity]) -> int:
    """On how many photos the deployment's input has another shape than the reference's."""
    return sum(result.reference.normalise.shape != result.deployment.normalise.shape for result in results)


def on_grid(photo: Image.Image, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The photo itself on a grid of (rows, columns)."""
    return np.asarray(photo.resize((shape[1], shape[0]), Image.Resampling.BILINEAR))
