"""What part of a photo a service may have shown, and at which size: every rule, written in every usual way."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from lib.compare.trial import Refused, attempt
from lib.compare.view import View, of_contract, whole
from lib.deploy import Contract
from lib.diagnosis.measurements import ANOTHER_SIZE
from lib.mistakes.processors import VIEWERS as PROCESSORS
from lib.mistakes.resizers import RESIZERS
from lib.mistakes.resizers.resizer import Pixels, Scaler
from lib.mistakes.shape import VIEWERS, Viewer, side_of

Names = tuple[str, ...]
Size = tuple[int, int]
Box = tuple[int, int, int, int]  # left, top, right, bottom
FILLS = (0, 114, 128, 255)  # of the bars beside a letterboxed photo: black, as YOLO has it, grey, white
COVER, LETTERBOX, DOWN, UP = "resize to the crop's size", "letterbox", "crop rounded down", "crop rounded up"


@dataclass(frozen=True)
class Framed:
    """A photo as one rule shows it, with the contract's filter.

    Attributes:
        names: of the rule; empty for the contract's.
        box: what is cut out of the photo before it is scaled, in its pixels.
        view: what is done then.
        fill: the level of what lies beyond the photo.
        picture: uint8 (h, w, 3).
    """

    names: Names
    box: Box
    view: View
    fill: int
    picture: Pixels

    def render(self, pixels: Pixels, scale: Scaler) -> Pixels:
        """Another decoder's picture of the same photo, with another filter; of another size, the whole of it counts."""
        return _rendered(pixels, self.box, self.view, self.fill, scale)


def framed(pixels: Pixels, contract: Contract, sizes: Collection[Size] | None) -> list[Framed]:
    """Every way to write every rule that leads to one of the sizes; no two that show the same.

    Args:
        pixels: what is resized, uint8 (h, w, 3).
        contract: the preprocessing that the subject states.
        sizes: widths and heights that were observed; None for whatever the rules lead to. Where no rule leads to one, the whole
            photo is scaled to it.
    """
    height, width = pixels.shape[:2]
    ways = list(_ways(contract, width, height))
    reached = {view.size for _, _, view in ways}
    # what is turned later has its sides the other way round
    wanted = reached if sizes is None else {*sizes, *(size[::-1] for size in sizes)}
    ways += [((ANOTHER_SIZE,), (0, 0, width, height), whole(size)) for size in sizes or () if not reached & {size, size[::-1]}]
    own = RESIZERS[f"Pillow {contract.filter}"].scale
    shown: dict[tuple[Box, View], Names] = {}
    for names, box, view in ways:
        if view.size in wanted and (box, view) not in shown:
            shown[box, view] = names
    found = []
    for (box, view), names in shown.items():
        for fill in FILLS if names == (LETTERBOX,) else FILLS[:1]:
            picture = attempt(partial(_rendered, pixels, box, view, fill, own))
            if not isinstance(picture, Refused):
                found.append(Framed(names, box, view, fill, picture))
    return found


def _ways(contract: Contract, width: int, height: int) -> Iterator[tuple[Names, Box, View]]:
    """Every rule as the catalogue has it, and then in the other ways that people write it."""
    all_of_it = (0, 0, width, height)
    viewers: list[tuple[str, Viewer]] = [("", of_contract), *VIEWERS.items(), *PROCESSORS.items()]
    for name, viewer in viewers:
        view = attempt(partial(viewer, contract, width, height))
        if not isinstance(view, Refused):
            # a processor is a rule and a filter at once: its rule by itself bears the rule's name
            yield tuple(filter(None, (_RULES.get(name, name),))), all_of_it, view
    side, shorter = side_of(contract), min(width, height)
    for left, top in {(round_(width - shorter), round_(height - shorter)) for round_ in (_down, _up)}:
        yield (COVER,), (left, top, left + shorter, top + shorter), whole((side, side))
    for size, down, up in ((side, COVER, COVER), (contract.size, DOWN, UP)):
        if size == side and down != COVER:
            continue
        for rounded, (name, cut) in product(_ROUNDED, ((down, _down), (up, _up))):
            scaled = (max(size, rounded(size * width / shorter)), max(size, rounded(size * height / shorter)))
            if max(scaled) <= 4 * max(width, height, size):
                left, top = (cut(length - side) for length in scaled)
                yield (name,), all_of_it, View(scaled, (left, top, left + side, top + side))
    for cut in (_down, _up):
        scaled = (max(1, _nearest(side * width / max(width, height))), max(1, _nearest(side * height / max(width, height))))
        left, top = (cut(length - side) for length in scaled)
        yield (LETTERBOX,), all_of_it, View(scaled, (left, top, left + side, top + side))


_RULES = {"squash, nearest": "squash", "cover, lanczos": COVER}


def _down(left_over: int) -> int:
    return left_over // 2


def _up(left_over: int) -> int:
    return -(-left_over // 2)


def _nearest(length: float) -> int:
    return int(length + 0.5)


_ROUNDED: tuple[Callable[[float], int], ...] = (int, _nearest, math.ceil)


def _rendered(pixels: Pixels, box: Box, view: View, fill: int, scale: Scaler) -> Pixels:
    left, top, right, bottom = box
    return _window(scale(np.ascontiguousarray(pixels[top:bottom, left:right]), view.scaled), view.window, fill)


def _window(pixels: Pixels, window: tuple[int, int, int, int], fill: int) -> Pixels:
    """The window of a picture, of one level where it reaches beyond."""
    left, top, right, bottom = window
    height, width = pixels.shape[:2]
    shown = np.full((bottom - top, right - left, 3), fill, np.uint8)
    inner = pixels[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    y, x = max(0, -top), max(0, -left)
    shown[y : y + inner.shape[0], x : x + inner.shape[1]] = inner
    return shown
