"""What is measured on an observed tensor before any mistake is tried, and rules mistakes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.compare.view import denormalised
from lib.deploy import Contract
from lib.deploy.stages import Normalise
from lib.diagnosis.measurements import (
    AS_STORED,
    STRAIGHT,
    UPRIGHT,
    Channels,
    Curve,
    Geometry,
    Layout,
    Measurement,
    Same,
    Stored,
    Turn,
    WholeLevels,
)
from lib.diagnosis.observed import Observed, at_size
from lib.mistakes import turns

Tensor = NDArray[np.float32]
Floats = NDArray[np.float64]
SAME = 1e-5  # in units of std, or levels: values this close are one; float32 rounding stays below
SMALL = 32  # pixels along the side of the pictures by which direction is told
ENOUGH = 20_000  # pixels, of which larger pictures are thinned to no fewer: as exact, and several times as fast

_WAYS: dict[str, Callable[[Any], Any]] = {
    UPRIGHT: lambda picture: picture,
    **turns.AFTER,
    "transposed": lambda picture: picture.T,
    "transposed and turned by 180°": lambda picture: picture[::-1, ::-1].T,
}


@dataclass(frozen=True)
class Evidence:
    """Everything that was measured; None where it cannot be.

    Attributes:
        stored: whether the picture lies as the photo is stored, its EXIF orientation ignored; all that follows is then measured
            against the reference's picture of that.
        whole: None for levels, which no normalisation was done to.
        same: in place of all that follows, where nothing differs.
        turn: None where ``curve`` says that nothing has moved; so is ``channels``, and where nothing is like the photo.
        curve: None where the shape is not the reference's.
    """

    layout: Layout
    geometry: Geometry
    whole: WholeLevels | None
    same: Same | None = None
    turn: Turn | None = None
    channels: Channels | None = None
    curve: Curve | None = None
    stored: Stored | None = None

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self._made)

    @cached_property
    def _made(self) -> tuple[Measurement, ...]:
        every = (getattr(self, field.name) for field in fields(self))
        return tuple(each for each in every if each is not None)

    def allows(self, names: tuple[str, ...]) -> bool:
        """Whether no measurement rules these mistakes out, committed together."""
        if self.stored is None:
            return all(each.allows(names) for each in self._made)
        return names[:1] in ((), (AS_STORED,)) and all(each.allows(names[1:]) for each in self._made)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages of which one is the first that differs."""
        if self.curve is not None and self.curve.alone:  # of the finished picture's values: decoding and geometry are right
            whole = self.whole is None or self.whole.right
            return ("resize",) if whole else ("normalise",) if self.curve.line else ("resize", "normalise")
        before = ("decode", "resize")
        return before if self.whole is None or self.whole.right else (*before, "normalise")


def likeness(observed: Observed, picture: NDArray[np.uint8]) -> float:
    """How like a picture, uint8 (h, w, 3), a tensor is, whatever its shape: the correlation of both made small, -1..1."""
    small = [
        _small(values) for values in (observed.values, np.ascontiguousarray(picture).transpose(2, 0, 1).astype(np.float32))
    ]
    return float(correlations(np.stack(small))[0, 1])


def evidence(observed: Observed, contract: Contract, right: NDArray[np.uint8], names: tuple[str, ...] = ()) -> Evidence:
    """Everything that can be measured against the reference's picture.

    Args:
        observed: the tensor.
        contract: the preprocessing that the subject states.
        right: the reference's picture before normalisation, uint8 (h, w, 3).
        names: that the photo's orientation was ignored for that picture; empty where it is upright.
    """
    found = _evidence(observed, contract, right)
    return replace(found, same=None, stored=Stored()) if names else found


def _evidence(observed: Observed, contract: Contract, right: NDArray[np.uint8]) -> Evidence:
    layout = Layout(observed.kind, observed.layout)
    geometry = Geometry(observed.size, (right.shape[1], right.shape[0]))
    expected = planes(observed, contract, right)
    if geometry.right and np.abs(observed.values - expected).max() <= SAME + observed.rounding:
        return Evidence(layout, geometry, None if observed.levels else WholeLevels(1.0, True), Same())
    whole = None if observed.levels else _whole_levels(_thinned(observed.values), observed.rounding, contract)
    curve = turn = channels = None
    if geometry.right:
        curve = _curve(_thinned(observed.values), _thinned(expected), _thinned(right.transpose(2, 0, 1)))
    if curve is None or not curve.alone:  # else nothing has moved or mixed
        turn = _turn(observed.values, expected)
        if not turn.alike:
            return Evidence(layout, geometry, whole, None, turn)
        channels = _channels(_thinned(at_size(observed.values, geometry.wanted)), _thinned(expected))
    return Evidence(layout, geometry, whole, None, turn, channels, curve)


def _thinned(values: NDArray[Any]) -> NDArray[Any]:
    """(3, n) of (3, h, w): all pixels, or so many that they are at least :data:`ENOUGH`."""
    pixels = values.reshape(3, -1)
    return pixels[:, :: max(1, pixels.shape[1] // ENOUGH)]


def planes(observed: Observed, contract: Contract, right: NDArray[np.uint8]) -> Tensor:
    """What should have been observed, float32 (3, h, w), from the reference's picture, uint8 (h, w, 3)."""
    if observed.levels:
        return right.transpose(2, 0, 1).astype(np.float32)
    return Normalise(contract.mean, contract.std)(right)[0]


def _whole_levels(values: Tensor, rounding: float, contract: Contract) -> WholeLevels:
    levels = denormalised(values[:, :, None], contract)
    slack = 0.01 + rounding * 255 * max(contract.std)
    whole = (np.abs(levels - np.rint(levels)) < slack) & (levels > -0.5) & (levels < 255.5)
    return WholeLevels(float(whole.mean()), bool((levels > -1).all() and (levels < 256).all()))


def _turn(values: Tensor, expected: Tensor) -> Turn:
    seen, wanted = (_small(planes) for planes in (values, expected))
    table = correlations(np.stack([seen, *(change(wanted) for change in _WAYS.values())]))
    likeness = dict(zip(_WAYS, table[0, 1:].tolist(), strict=True))
    best, *others = sorted(likeness, key=lambda way: likeness[way], reverse=True)
    return Turn(best, likeness[best], likeness[best] - likeness[others[0]])


def _small(values: Tensor) -> Tensor:
    """The channels' mean as a square of :data:`SMALL` pixels: whatever the shape, turned pictures can be compared."""
    return np.asarray(Image.fromarray(values.mean(axis=0)).resize((SMALL, SMALL), Image.Resampling.BOX))


def _channels(values: Tensor, expected: Tensor) -> Channels:
    table = correlations(np.concatenate([values, expected]))[:3, 3:]
    likeness = {order: float(table[range(3), order].mean()) for order in permutations(STRAIGHT)}
    best, second, *_ = sorted(likeness, key=lambda order: (likeness[order], order == STRAIGHT), reverse=True)
    return Channels(best, likeness[best], likeness[STRAIGHT], likeness[best] - likeness[second])


def correlations(pictures: Tensor) -> Floats:
    """Of each with each, (n, n) of (n, …); 0 where one is flat."""
    with np.errstate(divide="ignore", invalid="ignore"):
        table = np.corrcoef(pictures.reshape(len(pictures), -1))
    return np.nan_to_num(np.asarray(table))


def _curve(values: Tensor, expected: Tensor, right: NDArray[np.uint8]) -> Curve:
    """The mean observed value at each of the reference's levels, and the line through these means, channel by channel."""
    gains, offsets, scatters, bends, unexplained = [], [], [], [], 0.0
    for seen, wanted, levels in zip(values.astype(np.float64), expected, right, strict=True):
        counts = np.bincount(levels, minlength=256)
        there = np.flatnonzero(counts)
        shares = counts[there] / levels.size
        curve = np.bincount(levels, weights=seen, minlength=256)[there] / counts[there]
        table = np.zeros(256)
        table[there] = curve
        scatter = float(np.mean((seen - table[levels]) ** 2))
        slope, start = _line(there.astype(np.float64), curve, shares)
        bend = float(np.sum(shares * (curve - slope * there - start) ** 2))
        level = abs(slope) or 1.0
        step = float(wanted.max() - wanted.min()) / max(1, int(levels.max()) - int(levels.min())) or 1.0
        zero = float(wanted[0]) - step * int(levels[0])
        gains.append(slope / step)
        offsets.append(start - slope / step * zero)
        scatters.append(scatter**0.5 / level)
        bends.append(bend**0.5 / level)
        unexplained += scatter / 3
    difference = float(np.mean((values - expected) ** 2)) or 1.0
    return Curve(tuple(gains), tuple(offsets), max(scatters), max(bends), unexplained / difference)


def _line(x: Floats, y: Floats, weights: Floats) -> tuple[float, float]:
    """Slope and start of the least-squares line through weighted points; slope 1 through a single one."""
    centre, height = float(np.sum(weights * x)), float(np.sum(weights * y))
    spread = float(np.sum(weights * (x - centre) ** 2))
    slope = float(np.sum(weights * (x - centre) * (y - height))) / spread if spread else 1.0
    return slope, height - slope * centre
