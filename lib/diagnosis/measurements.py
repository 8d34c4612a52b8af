"""What can be measured on an observed tensor, as values, with what each of them says and which mistakes it rules out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lib.mistakes import NORMALISATION, TONE, TURNS
from lib.numbers import number

AS_STORED = "EXIF ignored"
ANOTHER_SIZE = "another size"
ANOTHER_NORMALISATION = "another mean and std"

Order = tuple[int, ...]
Gains = tuple[float, ...]

STRAIGHT: Order = (0, 1, 2)
REVERSED: Order = STRAIGHT[::-1]
CHANNELS = ("red", "green", "blue")
UPRIGHT = "as it should be"

_MOVES = {"reshape for transpose", "transposed by .T"}  # they take values to other places, and leave them as they are
SCALES = frozenset({mistake.name for mistake in NORMALISATION} - _MOVES | {ANOTHER_NORMALISATION})
CURVES = frozenset({mistake.name for mistake in TONE} | {"5-6-5 colours"})
STRETCHES = frozenset({"limited range", "limited range stretched", "autocontrast"})  # curves that are straight lines
ARITHMETIC = SCALES | CURVES  # each value becomes another, whatever stands beside it
_TURNING = {mistake.name for mistake in TURNS} | {"transposed by .T", AS_STORED}

WHOLE = 0.99  # the share of values from which on they count as whole levels; of numbers drawn at random 2 % do
ALIKE = 0.8  # correlation above which two pictures are of one thing for certain; a crop turned may be like the whole by 0.6
UNLIKE = 0.3  # correlation below which two pictures have nothing in common
ROUNDING = 0.75  # root mean square in levels that roundings leave: 0.29 of one, 0.58 where a third of all levels is off by one
FLAT = 1e-3  # a gain below which nothing of the photo is left; dividing by 255 twice is one of 4e-3
DEPENDS = 0.1  # the share of the difference from the reference, squared, that a curve may leave
BENT = 0.2  # root mean square in levels by which a curve may part from a line; the noise of confusion.py bends one by 0.1
MOVED = 0.5  # pixels
SHARPER, SOFTER = 1.05, 0.95
ONE_SIGN = 0.8  # of the mean size of the error


@dataclass(frozen=True)
class Measurement:
    """One measurement. Those that rule mistakes out say so in :meth:`allows`."""

    name: ClassVar[str]

    @property
    def value(self) -> str:
        """The measured value, with its unit."""
        raise NotImplementedError

    @property
    def says(self) -> str:
        """What it means; empty where it means nothing in particular."""
        return ""

    def allows(self, names: tuple[str, ...]) -> bool:
        """Whether these mistakes, committed together, can have led to it."""
        return True


@dataclass(frozen=True)
class Layout(Measurement):
    """How the tensor was dumped: ``kind`` is dtype and shape, ``order`` ``HWC`` or ``CHW``."""

    name = "layout"
    kind: str
    order: str

    @property
    def value(self) -> str:
        return f"{self.kind}, {self.order}"

    @property
    def says(self) -> str:
        return "ONNX's layout" if self.order == "CHW" else "channels last: right only if a transpose follows"


@dataclass(frozen=True)
class Geometry(Measurement):
    """Width and height in pixels, observed and wanted."""

    name = "geometry"
    size: tuple[int, int]
    wanted: tuple[int, int]

    @property
    def right(self) -> bool:
        return self.size == self.wanted

    @property
    def value(self) -> str:
        return f"{self.size[0]} × {self.size[1]}"

    @property
    def says(self) -> str:
        if self.right:
            return "the right shape"
        if self.size == self.wanted[::-1]:
            return "width and height have changed places"
        off = max(abs(seen - wanted) for seen, wanted in zip(self.size, self.wanted, strict=True))
        return f"the shape is wrong: it should be {self.wanted[0]} × {self.wanted[1]}{', one pixel off' * (off == 1)}"


@dataclass(frozen=True)
class WholeLevels(Measurement):
    """The share of values, 0..1, that are whole levels once the right normalisation is undone.

    ``inside`` says whether all of them lie within 0..255 then.
    """

    name = "values that are whole levels"
    share: float
    inside: bool

    @property
    def right(self) -> bool:
        """Whether the values were normalised as the reference's are."""
        return self.share > WHOLE

    @property
    def value(self) -> str:
        return f"{self.share:.1%}"

    @property
    def says(self) -> str:
        if self.right:
            return "normalisation is right, so what differs came before it"
        if self.inside and self.share < 0.5:
            return "normalisation is not the reference's, or the picture was resized in floating point"
        return "normalisation is not the reference's"

    def allows(self, names: tuple[str, ...]) -> bool:
        return not self.right or not SCALES.intersection(names)


@dataclass(frozen=True)
class Stored(Measurement):
    """The picture lies as the photo is stored, and not as its EXIF orientation says."""

    name = "orientation"

    @property
    def value(self) -> str:
        return "as it is stored"

    @property
    def says(self) -> str:
        return "the photo's EXIF orientation was ignored"


@dataclass(frozen=True)
class Turn(Measurement):
    """As what the picture is most like the reference's: ``way`` is upright, mirrored or turned.

    Attributes:
        way: what would have to be done to the reference's picture; :data:`UPRIGHT` for nothing.
        likeness: correlation of the two, both made small.
        margin: by how much it is above that of the next likeliest way.
    """

    name = "direction"
    way: str
    likeness: float
    margin: float

    @property
    def alike(self) -> bool:
        return self.likeness >= UNLIKE

    @property
    def certain(self) -> bool:
        return self.likeness > ALIKE and self.margin > 0.1

    @property
    def value(self) -> str:
        return f"{self.way} (correlation {self.likeness:.2f}, the next {self.likeness - self.margin:.2f})"

    @property
    def says(self) -> str:
        if not self.alike:
            return "it does not look like this photo at all"
        if not self.certain:
            return ""
        return "upright" if self.way == UPRIGHT else f"the picture is {self.way}"

    def allows(self, names: tuple[str, ...]) -> bool:
        turning = sum(name in _TURNING for name in names)  # two may cancel each other
        return not self.certain or turning == 2 or (turning == 0) == (self.way == UPRIGHT)


@dataclass(frozen=True)
class Channels(Measurement):
    """The order of channels that correlates best with the reference's.

    Attributes:
        order: for each observed channel the reference's that it is like, 0 for red.
        likeness: mean correlation in that order.
        straight: mean correlation with red as red and blue as blue.
        margin: by how much ``likeness`` is above that of the next likeliest order.
    """

    name = "channels"
    order: Order
    likeness: float
    straight: float
    margin: float

    @property
    def certain(self) -> bool:
        return self.likeness > ALIKE and self.margin > 0.01

    @property
    def _named(self) -> str:
        return ", ".join(CHANNELS[i] for i in self.order)

    @property
    def value(self) -> str:
        straight = f", in order {self.straight:.4f}" * (self.order != STRAIGHT)
        return f"{self._named} (correlation {self.likeness:.4f}{straight})"

    @property
    def says(self) -> str:
        if not self.certain:
            return ""
        return "the right order" if self.order == STRAIGHT else f"the order is {self._named}"

    def allows(self, names: tuple[str, ...]) -> bool:
        return not self.certain or self.order not in (STRAIGHT, REVERSED) or ("BGR" in names) == (self.order == REVERSED)


@dataclass(frozen=True)
class Curve(Measurement):
    """What the observed value is as a function of the reference's level, channel by channel.

    Attributes:
        gains: slope of the best line for each channel, in terms of the reference's own values.
        offsets: and what it adds, in the observed unit.
        scatter: root mean square of what the best curve leaves, in levels, of the worst channel.
        bend: root mean square by which that curve parts from the line, in levels, of the worst channel.
        left: the share of the squared difference from the reference that the curve leaves, 0..1.
    """

    name = "gain"
    gains: Gains
    offsets: Gains
    scatter: float
    bend: float
    left: float

    @property
    def alone(self) -> bool:
        """Whether each value depends on the reference's value alone, to rounding: nothing has moved or mixed."""
        return self.scatter <= ROUNDING and self.left <= DEPENDS and min(map(abs, self.gains)) > FLAT

    @property
    def line(self) -> bool:
        """Whether the values are the reference's times a gain plus an offset, to rounding."""
        return self.alone and self.bend <= BENT

    @property
    def value(self) -> str:
        line = f"{', '.join(f'{gain:.4g}' for gain in self.gains)}; offset {', '.join(f'{each:.3g}' for each in self.offsets)}"
        return f"{line}; a curve leaves {number(self.scatter)} levels, and bends by {number(self.bend)}"

    @property
    def says(self) -> str:
        if self.line:
            return "the reference's values times a gain plus an offset"
        if self.alone:
            return "each value depends on the reference's alone, so nothing has moved or mixed: a tone curve"
        return "near 1, no gain" if all(abs(gain - 1) < 0.1 for gain in self.gains) else ""

    def allows(self, names: tuple[str, ...]) -> bool:
        if self.alone and not ARITHMETIC.issuperset(names):
            return False
        return self.line or names != (ANOTHER_NORMALISATION,)


@dataclass(frozen=True)
class Bias(Measurement):
    """Mean error, mean size of the error and largest, in ``unit``."""

    name = "bias"
    mean: float
    size: float
    largest: float
    unit: str

    @property
    def value(self) -> str:
        return f"{self.mean:+.3g} {self.unit}, mean size {number(self.size)}, largest {number(self.largest)}"

    @property
    def says(self) -> str:
        return "nearly all errors have one sign: values are cut or shifted" if abs(self.mean) > ONE_SIGN * self.size else ""


@dataclass(frozen=True)
class Border(Measurement):
    """The share of pixels that differ, and of these the share that is not at the border, 0..1 both."""

    name = "pixels that differ"
    share: float
    inner: float

    @property
    def value(self) -> str:
        return f"{self.share:.1%}, of them {self.inner:.1%} off the border"

    @property
    def says(self) -> str:
        return "" if self.inner else "only the border differs"


@dataclass(frozen=True)
class Shift(Measurement):
    """How far the picture has moved, in pixels across and down."""

    name = "shift"
    across: float
    down: float

    @property
    def value(self) -> str:
        return f"{number(self.across)}, {number(self.down)} pixels"

    @property
    def says(self) -> str:
        if max(abs(self.across), abs(self.down)) < MOVED:
            return "in its place"
        return f"the picture has moved by {number(self.across)} across and {number(self.down)} down"


@dataclass(frozen=True)
class Detail(Measurement):
    """The strength of fine detail, as a ratio to the reference's."""

    name = "fine detail"
    ratio: float

    @property
    def value(self) -> str:
        return f"{self.ratio:.2f} of the reference's"

    @property
    def says(self) -> str:
        if self.ratio > SHARPER:
            return "sharper than the reference: no antialiasing, a sharper filter, or sharpening"
        if self.ratio < SOFTER:
            return "softer than the reference: a softer filter, a detour over a smaller picture, or compression"
        return ""


@dataclass(frozen=True)
class Same(Measurement):
    """Nothing differs beyond rounding."""

    name = "values that differ"

    @property
    def value(self) -> str:
        return "none beyond rounding"

    @property
    def says(self) -> str:
        return "it is the reference's input"
