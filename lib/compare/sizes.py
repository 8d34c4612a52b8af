"""Sizes drawn at random, so that a network or a resize cannot be wrong between the sizes that are always tried."""

from __future__ import annotations

import math

import numpy as np

from lib.deploy import Contract, Domain

STEP = 1.09  # from one stretch of sides to the next, on a logarithmic scale
PHOTO_STEP = 1.19  # the same, of photos
PHOTO_SIDES = (8, 4100)  # pixels; the longest side of the probes is one more
AREA = 500_000  # pixels that a photo has about, unless it would be too long then


def drawn(domain: Domain, seed: int) -> list[tuple[int, int]]:
    """Heights and widths in pixels over the whole of a domain.

    The sides of the domain are cut into stretches, each :data:`STEP` times as long as the one before, and a height and a width
    is drawn from each. They come as pairs from the same stretch first, then each height with the width of a stretch drawn at
    random. So a network that is wrong on any range of sides of 1.2 times its own beginning, as from 400 to 480 pixels, is found
    whatever the seed.

    Args:
        domain: the sizes that the network may be fed.
        seed: of the random numbers.
    """
    random = np.random.default_rng(seed)
    heights, widths = (_sides(domain.least, domain.most, random) for _ in range(2))
    elsewhere = random.permutation(len(widths)).tolist()
    return [*zip(heights, widths, strict=True), *((heights[i], widths[j]) for i, j in enumerate(elsewhere))]


def drawn_fed(contract: Contract, domain: Domain, seed: int) -> list[tuple[int, int]]:
    """Heights and widths in pixels that a contract can lead to, drawn in the same way.

    Where it keeps the shape of a photo, one side is always the contract's and the other is drawn, up to the end of the domain;
    else there is only one size.

    Args:
        contract: what the network is fed.
        domain: the sizes that it may be fed.
        seed: of the random numbers.
    """
    side = contract.crop or contract.size
    if contract.rule != "shorter-side":
        return [(side, side)]
    random = np.random.default_rng(seed)
    lying, upright = (_sides(side, domain.most, random) for _ in range(2))
    return [*((side, width) for width in lying), *((height, side) for height in upright)]


def drawn_photos(longest: float, seed: int) -> list[tuple[int, int]]:
    """Widths and heights in pixels of photos, drawn in the same way, in coarser stretches: they are costly.

    So a resize that is wrong on any range of widths, or of heights, of 1.42 times its own beginning is found whatever the seed.

    Args:
        longest: how many times as long as wide a photo may be.
        seed: of the random numbers.
    """
    random = np.random.default_rng(seed)
    widths, heights = (_sides(*PHOTO_SIDES, random, PHOTO_STEP) for _ in range(2))
    return [
        *((width, _beside(width, longest, random)) for width in widths),
        *((_beside(height, longest, random), height) for height in heights),
    ]


def _beside(side: int, longest: float, random: np.random.Generator) -> int:
    """The other side of a photo."""
    least, most = math.ceil(side / longest), math.floor(side * longest)
    return round(math.exp(random.uniform(math.log(least), math.log(max(least, min(most, AREA / side))))))


def _sides(least: int, most: int, random: np.random.Generator, step: float = STEP) -> list[int]:
    """One side in pixels from each stretch between two sides."""
    return in_stretches(least, most, math.ceil(math.log((most + 1) / least) / math.log(step)), random)


def in_stretches(least: int, most: int, count: int, random: np.random.Generator) -> list[int]:
    """Sides from ``least`` to ``most`` pixels, one drawn from each of ``count`` stretches that grow by the same factor."""
    ends = np.geomspace(least, most + 1, count + 1)
    sides: list[int] = np.floor(random.uniform(ends[:-1], ends[1:])).astype(int).tolist()
    return sides
