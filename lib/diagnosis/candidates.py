"""What a photo becomes under every mistake, and under several at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.compare.trial import Refused, attempt
from lib.deploy import Contract
from lib.deploy.stages import Normalise, decode, preprocessing
from lib.diagnosis.framing import Framed, Names, Size, framed
from lib.diagnosis.measurements import AS_STORED, SCALES
from lib.diagnosis.normalisation import Line
from lib.mistakes import CATALOGUE, COLOUR, DECODING, NORMALISATION, PROCESSORS, colour, sharpening, tone, turns
from lib.mistakes.decode import reencoded
from lib.mistakes.mistake import Change
from lib.mistakes.normalise import reshaped
from lib.mistakes.resizers import RESIZERS
from lib.mistakes.resizers.resizer import Pixels, Scaler

Stage = Callable[[Any], Any]
Allowed = Callable[[Names], bool]

TOGETHER = 2  # mistakes of any kinds that are tried at once on a picture; how it was normalised is fitted, and comes on top
MIXED = "reshape for transpose"
# Decoders that come with libraries which resize in their own way, too: with each of them every shape and filter is tried.
_WITH_LIBRARIES = ("colour profile applied", "JPEG shrunk on load", "JPEG draft mode", "OpenCV decode", "re-encoded JPEG")


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
        if self.normalise is None:
            return self.thin[:, 0].T.astype(np.float32)
        if isinstance(self.normalise, Normalise | Line):  # which treat each pixel by itself
            return np.asarray(self.normalise(self.thin))[0, :, :, 0]
        return few(self.values)

    @cached_property
    def thin(self) -> Pixels:
        """As few of the picture's pixels as :func:`few` has, (n, 1, 3)."""
        return np.ascontiguousarray(few(self.picture.transpose(2, 0, 1)).T[:, None])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of what is fed."""
        if self.normalise is None or self.names[-1:] != ("transposed by .T",):
            return self.picture.shape[1], self.picture.shape[0]
        return self.values.shape[2], self.values.shape[1]

    @property
    def level(self) -> NDArray[np.float32]:
        """By how much :attr:`values` grow with one level, float32 (3, 1, 1)."""
        if self.normalise is None:
            return np.ones((3, 1, 1), np.float32)
        dark, light = (np.asarray(self.normalise(np.full((1, 1, 3), level, np.uint8)))[0] for level in (0, 1))
        step: NDArray[np.float32] = light - dark
        return step


def few(values: NDArray[Any]) -> NDArray[Any]:
    """One in 29 of a tensor's pixels, (3, n) of (3, h, w), by which most candidates turn out to be too far away already."""
    return np.ascontiguousarray(values.reshape(3, -1)[:, ::29])


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


@dataclass(frozen=True)
class Base:
    """The picture that a service began with.

    Attributes:
        names: empty, or that the photo's orientation was ignored, on which everything else comes on top.
        data: the photo's bytes.
        pixels: uint8 (h, w, 3).
        contract: the preprocessing that the subject states.
        levels: whether pictures are enough: mistakes in normalisation are left out.
    """

    names: Names
    data: bytes
    pixels: Pixels
    contract: Contract
    levels: bool

    @classmethod
    def of(cls, data: bytes, contract: Contract, levels: bool, names: Names = ()) -> Base:
        """The photo upright, or as it is stored."""
        decoder = CATALOGUE[names[0]].make(contract) if names else decode
        return cls(names, data, np.asarray(decoder(data)), contract, levels)

    @cached_property
    def shown(self) -> list[Pixels]:
        """What the reference makes of it, the whole of it squashed, and the whole of it letterboxed."""
        pictures = [self.right.picture]
        for name in ("squash", "letterbox"):
            made = attempt(partial(CATALOGUE[name].make(self.contract), self.pixels))
            pictures += [] if isinstance(made, Refused) else [np.asarray(made)]
        return pictures

    @cached_property
    def right(self) -> Candidate:
        """What the reference makes of it."""
        resize, normalise = preprocessing(self.contract)
        return Candidate(self.names, np.asarray(resize(self.pixels)), None if self.levels else normalise)


def composed(
    base: Base, frames: Sequence[Framed], near: Collection[int], first: Collection[Names], allowed: Allowed = lambda _: True
) -> Iterator[Candidate]:
    """Several mistakes at once, of different kinds: decoding, shape, filter, direction, colour, tone, sharpness.

    Two of any kinds; and what naive services do at once: a shape, a filter, and blue first or a decoder that resizes, too.

    Args:
        base: what was begun with.
        frames: as of :func:`framed`.
        near: the places among ``frames`` of those with which every filter is tried.
        first: the names of rules with which every filter is tried after another decoder, too.
        allowed: what is not left out.
    """
    sizes = {(each.picture.shape[1], each.picture.shape[0]) for each in frames}
    for decoding, pixels in _decoded(base):
        if not decoding:
            yield from _scaled(base, (), pixels, frames, [frames[place] for place in near], allowed)
        else:
            # a decoder that shrinks gives another size, on which each rule is worked out anew
            shown = frames if pixels.shape == base.pixels.shape else framed(pixels, base.contract, sizes)
            rules = first if decoding[0] in _WITH_LIBRARIES else ()
            yield from _scaled(base, decoding, pixels, shown, [frame for frame in shown if frame.names in rules], allowed)
        for name, stage in _at_once(base.contract):
            names = (*decoding, name)
            following = [
                (base.names + names + more, change)
                for more, change in _CHANGES
                if len(names) + len(more) <= TOGETHER and allowed(base.names + names + more)
            ]
            whole = attempt(partial(_of_size, stage, pixels, sizes)) if following else None
            if whole is not None and not isinstance(whole, Refused):
                yield from _changed(base, whole, following)


def _scaled(
    base: Base,
    decoding: Names,
    pixels: Pixels,
    frames: Sequence[Framed],
    near: Sequence[Framed],
    allowed: Allowed,
) -> Iterator[Candidate]:
    """One decoder's picture by every rule, with every filter where the rule is the contract's or near."""
    changes = _CHANGES if base.levels else _CHANGES + _MOVES
    chosen = {id(frame) for frame in near}
    # of a rule that is written in several ways, one is enough to see what was done to the picture after it
    usual = {id(frame) for frame in {frame.names: frame for frame in reversed([*near, *frames])}.values()}
    for frame, (resizer, scale) in product(frames, _resizers(base.contract)):
        both = bool(frame.names and resizer)
        names = (*decoding, *frame.names, *resizer)
        if both and id(frame) not in chosen:
            continue
        following = [
            (base.names + names + more, change)
            for more, change in changes
            if (not more or id(frame) in usual) and _go_together(names, more, both) and allowed(base.names + names + more)
        ]
        mixed = (*base.names, *names, MIXED)
        after = base.right.normalise is not None and len(names) < TOGETHER and allowed(mixed)
        if not following and not after:
            continue
        own = not resizer and (not decoding or pixels.shape != base.pixels.shape)
        picture = frame.picture if own else attempt(partial(frame.render, pixels, scale))
        if isinstance(picture, Refused):
            continue
        yield from _changed(base, picture, following)
        if after:
            yield Candidate(mixed, picture, partial(_mixed_after, base.right.normalise))


def _go_together(names: Names, more: Names, both: bool) -> bool:
    """Whether changes to the finished picture are tried after these mistakes, of which ``both`` are a shape and a filter."""
    if set(names) & set(more):
        return False
    if not more:
        return len(names) <= TOGETHER + both
    return len(names) + len(more) <= TOGETHER or (both and len(names) == TOGETHER and more in _BESIDE_BOTH)


def pairs(data: bytes, contract: Contract, allowed: Allowed = lambda _: True) -> Iterator[Candidate]:
    """Two mistakes at once, those of normalisation among them, of whatever size they lead to.

    Args:
        data: the photo's bytes.
        contract: the preprocessing that the subject states.
        allowed: what is not left out.
    """
    base = Base.of(data, contract, levels=False)
    frames = framed(base.pixels, contract, None)
    scales = [(mistake.name, mistake.make(contract)) for mistake in NORMALISATION if mistake.name in SCALES]

    met = set[Names]()  # a rule is written in several ways: the first counts

    def wanted(names: Names) -> list[tuple[Names, Stage | None]]:
        if len(names) == TOGETHER:
            return [(names, base.right.normalise)] if allowed(names) else []
        return [((*names, name), stage) for name, stage in scales if len(names) == 1 and allowed((*names, name))]

    for candidate in composed(
        base, frames, range(len(frames)), {frame.names for frame in frames}, lambda names: bool(wanted(names))
    ):
        for names, normalise in wanted(candidate.names):
            if names not in met:
                met.add(names)
                yield Candidate(names, candidate.picture, normalise)


def _decoded(base: Base) -> Iterator[tuple[Names, Pixels]]:
    """The base's picture first, then what mistaken decoders make of the photo, if it is another."""
    yield (), base.pixels
    seen = [base.pixels, np.asarray(decode(base.data))]
    for mistake in DECODING:
        if mistake.name == AS_STORED and base.names:
            continue
        made = attempt(partial(mistake.make(base.contract), base.data))
        if isinstance(made, Refused):
            continue
        pixels = np.asarray(made)
        if base.names and pixels.shape[:2] != base.pixels.shape[:2]:
            continue  # that decoder turns the photo
        if not any(np.array_equal(pixels, each) for each in seen):
            yield (mistake.name,), pixels


def _mixed_after(normalise: Any, picture: Pixels) -> NDArray[np.float32]:
    """Rows of normalised pixels, cut into three planes in their order."""
    tensor = np.asarray(normalise(picture))
    mixed: NDArray[np.float32] = np.ascontiguousarray(tensor[0].transpose(1, 2, 0)).reshape(tensor.shape)
    return mixed


def _changed(base: Base, picture: Pixels, following: list[tuple[Names, Change]]) -> Iterator[Candidate]:
    for names, change in following:
        yield Candidate(names, change(picture), base.right.normalise)


def _resizers(contract: Contract) -> list[tuple[Names, Scaler]]:
    own = f"Pillow {contract.filter}"
    others = [((name,), each.scale) for name, each in RESIZERS.items() if name != own]
    return [((), RESIZERS[own].scale), *others]


def _at_once(contract: Contract) -> list[tuple[str, Stage]]:
    """Mistakes that set shape and filter at once."""
    return [(each.name, each.make(contract)) for each in (*PROCESSORS, *COLOUR) if each.name not in colour.AFTER]


def _of_size(stage: Stage, pixels: Pixels, wanted: Collection[Size]) -> Pixels | None:
    picture = np.asarray(stage(pixels))
    return picture if picture.shape[1::-1] in wanted else None


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


_CHANGES = (*_changes(), (("re-encoded JPEG",), reencoded))
_BESIDE_BOTH = ((), ("BGR",), ("re-encoded JPEG",))  # what else services do that have a shape and a filter of their own
# Mistakes in normalisation that leave the values as they are, and take them to other places.
_MOVES: tuple[tuple[Names, Change], ...] = (
    ((MIXED,), reshaped),
    (("transposed by .T",), lambda pixels: np.ascontiguousarray(pixels.transpose(1, 0, 2))),
)
