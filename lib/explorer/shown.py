"""What two pipelines make of a photo, as panels and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.compare.comparison import Answer
from lib.compare.view import denormalised, of_contract, whole
from lib.deploy import Trace
from lib.explorer import side_by_side
from lib.explorer.side_by_side import Look, Sight
from lib.handoff import Handoff
from lib.inputs.photos import Photo
from lib.mistakes import processors, shape
from lib.numbers import number
from lib.report.gallery import Panel
from lib.report.inputs_seen import answered

VIEWERS = shape.VIEWERS | processors.VIEWERS  # of the mistakes that show another part of a photo, by name


@dataclass(frozen=True)
class Shown:
    """One side.

    Attributes:
        name: of the pipeline.
        levels: what the network takes its input for, (rows, columns, 3) in levels 0..255 on the photo in the contract's size;
            NaN where the network is shown nothing.
        fed: width and height of the network's input, in words.
        answer: the likeliest class and its probability.
        assumed: whether nothing is known of which part of the photo that is, so that it is laid over the whole.
    """

    name: str
    levels: NDArray[np.float64]
    fed: str
    answer: str
    assumed: bool

    @classmethod
    def of(cls, handoff: Handoff, photo: Photo, name: str, trace: Trace) -> Shown:
        """The side that a pipeline's trace of a photo makes.

        Args:
            handoff: whose contract and classes count.
            photo: what was traced.
            name: ``reference``, or of another pipeline.
            trace: what it put out.
        """
        contract, size = handoff.subject.contract, photo.size
        right = of_contract(contract, *size)
        view = VIEWERS[name](contract, *size) if name in VIEWERS else right
        levels = np.clip(denormalised(trace.normalise[0], contract), 0, 255).transpose(1, 2, 0)
        height, width = levels.shape[:2]
        assumed = (width, height) != view.size
        if assumed:
            view = whole((width, height))
        answer = answered(Answer.of(trace.score, None), handoff.subject.classes, 4)
        return cls(name, view.in_photo(levels, *right.scaled), f"{width} × {height}", answer, assumed)


def sentence(photo: str, left: Shown, right: Shown) -> str:
    """What is on either side, and by how much they differ."""
    difference = np.abs(right.levels - left.levels)
    shared = difference[~np.isnan(difference)]
    apart = "nothing that both show"
    if shared.size:
        largest, mean = number(round(float(shared.max()))), number(round(float(shared.mean()), 1))
        apart = f"at most {largest} levels apart, {mean} on average" if shared.any() else "the same"
    return (
        f"{photo}. Left, {left.name}: {left.fed}, {left.answer}. Right, {right.name}: {right.fed}, {right.answer}. "
        f"What the network is shown is {apart}."
    )


def unit(look: Look) -> str:
    """What the difference is measured in."""
    return "levels of the furthest channel" if look.channel == "all" else f"levels of {look.channel}"


def panels(photo: str, small: Image.Image, left: Shown, right: Shown, sight: Sight, look: Look) -> list[Panel]:
    """Left, right, difference, and where that is on the photo.

    Args:
        photo: its name.
        small: the whole of it.
        left: one side.
        right: the other.
        sight: what there is to see of them.
        look: how it is looked at.
    """
    rows, columns = left.levels.shape[:2]
    size = f"{sight.columns.stop - sight.columns.start} × {sight.rows.stop - sight.rows.start}"
    part = f"the whole, {size} pixels" if look.zoom == 1 else f"{size} of {columns} × {rows} pixels"
    apart = "nothing that both show" if np.isnan(sight.largest) else f"at most {number(round(sight.largest))} levels"
    return [
        Panel(sight.left, f"left: {left.name}", f"{part} of {photo}, as {left.name} shows them", _fed(left), exact=True),
        Panel(sight.right, f"right: {right.name}", f"{part} of {photo}, as {right.name} shows them", _fed(right), exact=True),
        Panel(
            sight.difference,
            f"right minus left, ± {look.scale} levels",
            f"{right.name} minus {left.name} on the same pixels, {unit(look)}: {apart}",
            apart,
            exact=True,
        ),
        Panel(
            side_by_side.framed(small, sight.rows, sight.columns, rows, columns),
            "where it lies",
            f"The whole of {photo}, with a frame around the part that is shown",
            part,
        ),
    ]


def _fed(side: Shown) -> str:
    return f"network is fed {side.fed} pixels{', here laid over the whole photo' if side.assumed else ''}"
