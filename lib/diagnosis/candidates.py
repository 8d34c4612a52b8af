"""What a photo becomes under every mistake, and under two at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.compare.trial import Refused, attempt
from lib.compare.view import of_contract, whole
from lib.deploy import Contract
from lib.deploy.stages import decode, preprocessing
from lib.diagnosis.measurements import ANOTHER_NORMALISATION, ANOTHER_SIZE
from lib.mistakes import CATALOGUE, COLOUR, DECODING, NORMALISATION, PROCESSORS, colour, sharpening, tone, turns
from lib.mistakes.mistake import Change
from lib.mistakes.resizers import RESIZERS
from lib.mistakes.resizers.resizer import Pixels, Scaler
from lib.mistakes.shape import VIEWERS, Viewer

Stage = Callable[[Any], Any]
Names = tuple[str, ...]
Size = tuple[int, int]
Allowed = Callable[[Names], bool]

TOGETHER = 2  # mistakes that are tried at once


@dataclass(frozen=True)
class Candidate:
    """What one way of preprocessing makes of a photo.

    Attributes:
        names: of its mistakes, in the order of the pipeline; empty for the reference's way.
        picture: uint8 (h, w, 3), before normalisation.
        normalise: from the picture to the tensor; None where the picture is all that is asked for.
    """

    names: tuple[str, ...]
    picture: Pixels
    normalise: Stage | None

    @cached_property
    def values(self) -> NDArray[np.float32]:
        """What is fed to the network, (3, h, w): the tensor, or the picture in levels where it is all that is asked for."""
        if self.normalise is None:
            return self.picture.transpose(2, 0, 1).astype(np.float32)
        tensor: NDArray[np.float32] = np.asarray(self.normalise(self.picture))[0]
        return tensor

    @cached_property
    def few(self) -> NDArray[np.float32]:
        """As :func:`few` has it."""
        return few(self.values)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of what is fed."""
        return self.values.shape[2], self.values.shape[1]

    @property
    def level(self) -> NDArray[np.float32]:
        """By how much :attr:`values` grow with one level, float32 (3, 1, 1)."""
        if self.normalise is None:
            return np.ones((3, 1, 1), np.float32)
        dark, light = (np.asarray(self.normalise(np.full((1, 1, 3), level, np.uint8)))[0] for level in (0, 1))
        step: NDArray[np.float32] = light - dark
        return step


def few(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """One in 29 of a tensor's values, by which most candidates turn out to be too far away already."""
    return np.ascontiguousarray(values.ravel()[::29])


def singles(data: bytes, contract: Contract, levels: bool, allowed: Allowed = lambda _: True) -> Iterator[Candidate]:
    """The reference's way first, then every mistake of the catalogue that can take this photo.

    Args:
        data: the photo's bytes.
        contract: the preprocessing that the subject states.
        levels: whether pictures are enough: mistakes in normalisation are left out.
        allowed: what else is not left out.
    """
    resize, right = preprocessing(contract)
    normalise = None if levels else right
    upright = decode(data)
    picture = np.asarray(resize(upright))
    yield Candidate((), picture, normalise)
    for name, mistake in CATALOGUE.items():
        if not allowed((name,)) or (levels and mistake.stage == "normalise"):
            continue
        stage = mistake.make(contract)
        if mistake.stage == "normalise":
            yield Candidate((name,), picture, stage)
            continue
        made = attempt(partial(stage, data if mistake.stage == "decode" else upright))
        if mistake.stage == "decode" and not isinstance(made, Refused):
            made = attempt(partial(resize, made))
        if not isinstance(made, Refused):  # a mistaken decoder may not know this format, nor a mistaken rule take this shape
            yield Candidate((name,), np.asarray(made), normalise)


def pairs(
    data: bytes, contract: Contract, levels: bool, sizes: Collection[Size] | None, allowed: Allowed = lambda _: True
) -> Iterator[Candidate]:
    """Two mistakes at once, of different kinds: decoding, shape, filter, direction, colour, tone, sharpness, normalisation.

    Args:
        data: the photo's bytes.
        contract: the preprocessing that the subject states.
        levels: whether pictures are enough.
        sizes: widths and heights that were observed; None for whatever the rules lead to. Where no rule leads to one, the whole
            photo is scaled to it.
        allowed: what is not left out.
    """
    upright = decode(data)
    resizes, following = _resizes(contract, upright.size, sizes), _following(contract, levels)
    for decoding, decoder in {"": lambda _: upright, **{each.name: each.make(contract) for each in DECODING}}.items():
        decoded = attempt(partial(decoder, data))
        if isinstance(decoded, Refused):
            continue
        pixels = np.asarray(decoded)
        for resized, resize in resizes:
            names = _names(decoding, *resized)
            wanted = [(names + more, change, last) for more, change, last in following[len(names)] if allowed(names + more)]
            scaled = attempt(partial(resize, pixels)) if wanted else None
            if scaled is not None and not isinstance(scaled, Refused):
                yield from _finished(scaled, wanted)


def _following(contract: Contract, levels: bool) -> list[list[tuple[Names, Change, Stage | None]]]:
    """What can follow a resize: changes to the finished picture, and normalisation, by how many mistakes came before."""
    normalisers: dict[str, Stage | None] = {"": None if levels else preprocessing(contract)[1]}
    if not levels:
        normalisers |= {mistake.name: mistake.make(contract) for mistake in NORMALISATION}
    every = [
        (_names(*changed, name), change, normalise)
        for (changed, change), (name, normalise) in product(_CHANGES, normalisers.items())
    ]
    return [[each for each in every if len(each[0]) <= TOGETHER - before] for before in range(TOGETHER + 1)] + [[]]


def _finished(scaled: Pixels, wanted: list[tuple[Names, Change, Stage | None]]) -> Iterator[Candidate]:
    pictures: dict[Change, Pixels] = {}
    for names, change, normalise in wanted:
        if change not in pictures:
            pictures[change] = change(scaled)
        yield Candidate(names, pictures[change], normalise)


def _resizes(
    contract: Contract, photo: Size, sizes: Collection[Size] | None
) -> list[tuple[Names, Callable[[Pixels], Pixels | None]]]:
    """Every way from a decoded picture to one of an observed size; a way that leads to another size gives None."""
    viewers = [("", of_contract), *VIEWERS.items()]
    views = [attempt(partial(viewer, contract, *photo)) for _, viewer in viewers]
    reached = {view.size for view in views if not isinstance(view, Refused)}
    if sizes is None:
        sizes = reached
    wanted = {*sizes, *(size[::-1] for size in sizes)}  # what is turned later has its sides the other way round
    viewers += [(ANOTHER_SIZE, _whole(size)) for size in sizes if not reached & {size, size[::-1]}]
    own = f"Pillow {contract.filter}"
    resizers = {"": RESIZERS[own].scale} | {name: each.scale for name, each in RESIZERS.items() if name != own}
    by_rule = [
        (_names(shape, resizer), _viewed(contract, viewer, scale, wanted))
        for (shape, viewer), (resizer, scale) in product(viewers, resizers.items())
    ]
    whole = [mistake for mistake in (*PROCESSORS, *COLOUR) if mistake.name not in colour.AFTER]
    return by_rule + [((mistake.name,), _of_size(mistake.make(contract), wanted)) for mistake in whole]


def _whole(size: Size) -> Viewer:
    return lambda *_: whole(size)


def _viewed(contract: Contract, viewer: Viewer, scale: Scaler, wanted: Collection[Size]) -> Callable[[Pixels], Pixels | None]:
    def resize(pixels: Pixels) -> Pixels | None:
        view = viewer(contract, pixels.shape[1], pixels.shape[0])
        return _window(scale(pixels, view.scaled), view.window) if view.size in wanted else None

    return resize


def _of_size(stage: Stage, wanted: Collection[Size]) -> Callable[[Pixels], Pixels | None]:
    def resize(pixels: Pixels) -> Pixels | None:
        picture = np.asarray(stage(pixels))
        return picture if picture.shape[1::-1] in wanted else None

    return resize


def _names(*names: str) -> Names:
    return tuple(filter(None, names))


def _unchanged(pixels: Pixels) -> Pixels:
    return pixels


def _changes() -> Iterator[tuple[Names, Change]]:
    """No change to the finished picture, one, or one after another of two kinds."""
    kinds = [each.AFTER for each in (turns, colour, tone, sharpening)]
    yield (), _unchanged
    for kind in kinds:
        yield from (((name,), change) for name, change in kind.items())
    for first, second in combinations(kinds, 2):
        for (name, change), (then, after) in product(first.items(), second.items()):
            yield (name, then), _both(change, after)


def _both(first: Change, second: Change) -> Change:
    return lambda pixels: second(first(pixels))


_CHANGES = tuple(_changes())


def fitted(reference: Candidate, values: NDArray[np.float32]) -> Candidate:
    """The reference's picture, normalised with whatever mean and std come nearest to what was observed.

    Args:
        reference: the reference's way.
        values: what was observed, float32 of the shape of the reference's.
    """
    levels = reference.picture.transpose(2, 0, 1).astype(np.float64).reshape(3, -1)
    centres, means = levels.mean(axis=1), values.reshape(3, -1).mean(axis=1, dtype=np.float64)
    spread = ((levels - centres[:, None]) ** 2).mean(axis=1)
    gains = ((levels - centres[:, None]) * values.reshape(3, -1)).mean(axis=1) / np.where(spread, spread, 1)
    gain, offset = (each.astype(np.float32).reshape(3, 1, 1) for each in (gains, means - gains * centres))
    return Candidate(
        (*reference.names, ANOTHER_NORMALISATION),
        reference.picture,
        lambda picture: (picture.transpose(2, 0, 1) * gain + offset)[None],
    )


def _window(pixels: Pixels, window: tuple[int, int, int, int]) -> Pixels:
    """The window of a picture, black where it reaches beyond."""
    left, top, right, bottom = window
    height, width = pixels.shape[:2]
    shown = np.zeros((bottom - top, right - left, 3), np.uint8)
    inner = pixels[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    y, x = max(0, -top), max(0, -left)
    shown[y : y + inner.shape[0], x : x + inner.shape[1]] = inner
    return shown
