"""Which mean and std a service used, fitted to a picture and its tensor, whatever was done to the picture before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.deploy import Contract
from lib.deploy.stages import preprocessing
from lib.diagnosis.measurements import ANOTHER_NORMALISATION, FLAT, SCALES
from lib.mistakes import NORMALISATION
from lib.mistakes.resizers.resizer import Pixels

Values = NDArray[np.float32]
# A filter that is not quite the service's makes a fitted gain a little too small. So a known line that is off by no more levels
# than this (root mean square) is taken, unless another mean and std leave no more than this share of the square that it leaves.
BENT, LESS = 4.0, 0.05
SLIGHT = 0.1  # levels, root mean square
# A known line that is no further than this from the one that is taken may be the service's as well, and is a candidate, too.
NEXT = 1.0  # levels, root mean square


@dataclass(frozen=True)
class Line:
    """Values that are a gain times the level plus an offset, channel by channel.

    Attributes:
        name: of the mistake in normalisation that it is; empty for the reference's.
        gain: float32 (3, 1, 1), by one level.
        offset: float32 (3, 1, 1), the value of level 0.
    """

    name: str
    gain: Values
    offset: Values

    def __call__(self, picture: Pixels) -> Values:
        """From uint8 (h, w, 3) to float32 (1, 3, h, w), as a pipeline's normalise."""
        return (picture.transpose(2, 0, 1) * self.gain + self.offset)[None].astype(np.float32)

    @property
    def mean(self) -> tuple[float, ...]:
        """By which ``(level / 255 - mean) / std`` gives the same; three numbers."""
        return tuple(float(each) for each in (-self.offset / self.gain / 255).ravel())

    @property
    def std(self) -> tuple[float, ...]:
        """As :attr:`mean`."""
        return tuple(float(each) for each in (1 / self.gain / 255).ravel())


def known(contract: Contract) -> tuple[Line, ...]:
    """The reference's normalisation first, then every mistaken one that treats each level by itself."""
    stages: dict[str, Any] = {"": preprocessing(contract)[1]}
    stages |= {mistake.name: mistake.make(contract) for mistake in NORMALISATION if mistake.name in SCALES}
    lines = []
    for name, stage in stages.items():
        dark, light = (np.asarray(stage(np.full((1, 1, 3), level, np.uint8)))[0] for level in (0, 255))
        lines.append(Line(name, (light - dark) / np.float32(255), dark))
    return tuple(lines)


def fitted(picture: Pixels, values: Values, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The line that gives ``values`` from ``picture`` best: a known one where it fits as well, else another mean and std.

    Args:
        picture: uint8 (h, w, 3), or a part of its pixels as (n, 1, 3).
        values: float32 (3, h, w), of the same pixels.
        lines: as of :func:`known`.

    Returns:
        That line, and after it other known ones that are hardly apart from it, unless it fits to the last digit; none where the
        values do not depend on the picture, or fall where it rises.
    """
    levels = picture.reshape(-1, 3).T.astype(np.float32)
    seen = values.reshape(3, -1)
    centres, means = (each.mean(axis=1, dtype=np.float64) for each in (levels, seen))
    levels -= centres[:, None].astype(np.float32)
    squares = ((np.dot(of, of), np.dot(of, by)) for of, by in zip(levels, seen, strict=True))
    spread, together = np.array(list(squares), np.float64).T / levels.shape[1]
    gains = together / np.where(spread, spread, 1)
    steps = [float(each.gain.mean()) for each in lines]
    if min(gains) <= FLAT * min(steps):
        return ()
    offsets = means - gains * centres

    def apart(line: Line, gain: NDArray[Any], offset: NDArray[Any]) -> float:
        """Root mean square over the picture's levels of how far two lines differ, in levels of the fitted one."""
        slopes, starts = line.gain.ravel() - gain, line.offset.ravel() - offset
        squares = slopes**2 * spread + (slopes * centres + starts) ** 2
        return float(np.sqrt((squares / gains**2).mean()))

    off = {line.name: apart(line, gains, offsets) for line in lines}
    nearest = min(lines, key=lambda line: off[line.name])
    squared = np.maximum((seen.astype(np.float64) ** 2).mean(axis=1) - means**2 - gains**2 * spread, 0)
    left = float(np.sqrt((squared / gains**2).mean()))
    least = off[nearest.name]
    if least <= SLIGHT:
        return (nearest,)
    if least <= BENT and left**2 > LESS * (left**2 + least**2):
        own = nearest.gain.ravel(), nearest.offset.ravel()
        return (nearest, *(line for line in lines if line is not nearest and apart(line, *own) <= NEXT))
    shape = (3, 1, 1)
    return (Line(ANOTHER_NORMALISATION, gains.astype(np.float32).reshape(shape), offsets.astype(np.float32).reshape(shape)),)
