"""Sizes of input drawn at random, so that a network cannot be wrong between the sizes that are always tried."""

from __future__ import annotations

import math

import numpy as np

from lib.deploy import Domain

STEP = 1.09  # from one stretch of sides to the next, on a logarithmic scale


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
    count = math.ceil(math.log((domain.most + 1) / domain.least) / math.log(STEP))
    ends = np.geomspace(domain.least, domain.most + 1, count + 1)
    heights, widths = (np.floor(random.uniform(ends[:-1], ends[1:])).astype(int).tolist() for _ in range(2))
    elsewhere = random.permutation(count).tolist()
    return [*zip(heights, widths, strict=True), *((heights[i], widths[j]) for i, j in enumerate(elsewhere))]
