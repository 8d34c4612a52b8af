"""What a photo becomes under every mistake, and under two at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.compare.view import of_contract, whole
from lib.deploy import BadInput, Contract
from lib.deploy.stages import decode, preprocessing
from lib.mistakes import CATALOGUE, DECODING, NORMALISATION
from lib.mistakes.colour import AFTER
from lib.mistakes.resizers import RESIZERS
from lib.mistakes.shape import VIEWERS, Viewer

Stage = Callable[[Any], Any]


@dataclass(frozen=True)
class Candidate:
    """What one way of preprocessing makes of a photo.

    Attributes:
        names: of its mistakes, in the order of the pipeline; empty for the reference's way.
        picture: uint8 (h, w, 3), before normalisation.
        tensor: float32 (3, h, w), normalised; None where it was not asked for.
    """

    names: tuple[str, ...]
    picture: NDArray[np.uint8]
    tensor: NDArray[np.float32] | None

    def values(self, levels: bool) -> NDArray[np.float32]:
        """(3, h, w): the picture in levels, or the tensor."""
        if levels:
            return self.picture.transpose(2, 0, 1).astype(np.float32)
        assert self.tensor is not None
        return self.tensor


def singles(data: bytes, contract: Contract, levels: bool) -> Iterator[Candidate]:
    """The reference's way first, then every mistake of the catalogue that can take this photo.

    Args:
        data: the photo's bytes.
        contract: the right preprocessing.
        levels: whether pictures are enough: mistakes in normalisation are left out.
    """
    resize, normalise = preprocessing(contract)
    upright = decode(data)
    right = np.asarray(resize(upright))
    yield _candidate((), right, None if levels else normalise)
    for name, mistake in CATALOGUE.items():
        stage = mistake.make(contract)
        try:
            if mistake.stage == "decode":
                yield _candidate((name,), np.asarray(resize(stage(data))), None if levels else normalise)
            elif mistake.stage == "resize":
                yield _candidate((name,), np.asarray(stage(upright)), None if levels else normalise)
            elif not levels:
                yield _candidate((name,), right, stage)
        except BadInput:
            continue  # a mistaken decoder may not know this format


def pairs(data: bytes, contract: Contract, levels: bool, size: tuple[int, int]) -> Iterator[Candidate]:
    """Two mistakes at once, of different kinds: decoding, shape, filter, colour, normalisation.

    Args:
        data: the photo's bytes.
        contract: the right preprocessing.
        levels: whether pictures are enough.
        size: width and height that were observed. Where no rule leads there, the whole photo is scaled to it.
    """
    _, normalise = preprocessing(contract)
    upright = decode(data)
    viewers: dict[str, Viewer] = {"": of_contract} | VIEWERS
    if all(viewer(contract, *upright.size).size not in (size, size[::-1]) for viewer in viewers.values()):
        viewers[ANOTHER_SIZE] = lambda *_: whole(size)
    own = f"Pillow {contract.filter}"
    resizers = {"": RESIZERS[own].scale} | {name: each.scale for name, each in RESIZERS.items() if name != own}
    colours: dict[str, Stage] = {"": lambda pixels: pixels} | AFTER
    normalisers: dict[str, Stage] = {"": normalise}
    if not levels:
        normalisers |= {mistake.name: mistake.make(contract) for mistake in NORMALISATION}
    decoders: dict[str, Stage] = {"": lambda _: upright} | {mistake.name: mistake.make(contract) for mistake in DECODING}
    for decoding, decoder in decoders.items():
        try:
            pixels = np.asarray(decoder(data))
        except BadInput:
            continue
        for (shape, viewer), (resizer, scale) in product(viewers.items(), resizers.items()):
            view = viewer(contract, pixels.shape[1], pixels.shape[0])
            if _count(decoding, shape, resizer) > 2 or size not in (view.size, view.size[::-1]):
                continue
            scaled = _window(scale(pixels, view.scaled), view.window)
            for (colour, change), (normalisation, normaliser) in product(colours.items(), normalisers.items()):
                names = tuple(filter(None, (decoding, shape, resizer, colour, normalisation)))
                if len(names) <= 2:
                    yield _candidate(names, change(scaled), None if levels else normaliser)


ANOTHER_SIZE = "another size"
ANOTHER_NORMALISATION = "another mean and std"


def fitted(candidate: Candidate, values: NDArray[np.float32]) -> Candidate | None:
    """The candidate's picture, normalised with whatever mean and std come nearest to what was observed.

    Args:
        candidate: any that has a right normalisation.
        values: what was observed, float32 (3, h, w).

    Returns:
        The candidate, or None where it has another shape.
    """
    levels = candidate.values(levels=True)
    if levels.shape != values.shape:
        return None
    made = np.empty_like(levels)
    for channel, (seen, wanted) in enumerate(zip(levels, values, strict=True)):
        centred = seen - seen.mean()
        spread = float((centred * centred).mean())
        gain = float((centred * (wanted - wanted.mean())).mean()) / spread if spread else 0.0
        made[channel] = centred * np.float32(gain) + wanted.mean()
    return Candidate((*candidate.names, ANOTHER_NORMALISATION), candidate.picture, made)


def _count(*names: str) -> int:
    return sum(bool(name) for name in names)


def _window(pixels: NDArray[np.uint8], window: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """The window of a picture, black where it reaches beyond."""
    left, top, right, bottom = window
    height, width = pixels.shape[:2]
    shown = np.zeros((bottom - top, right - left, 3), np.uint8)
    inner = pixels[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    y, x = max(0, -top), max(0, -left)
    shown[y : y + inner.shape[0], x : x + inner.shape[1]] = inner
    return shown


def _candidate(names: tuple[str, ...], picture: NDArray[np.uint8], normalise: Stage | None) -> Candidate:
    return Candidate(names, picture, None if normalise is None else np.asarray(normalise(picture))[0])
