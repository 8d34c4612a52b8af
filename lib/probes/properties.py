"""Properties of pictures on which pipelines are known to go wrong, each found out from the file and not from its name."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import get_sampling

from lib.deploy import BadInput, Contract, Domain
from lib.deploy.stages import decode
from lib.probes.files import FORMATS, ORIENTATION
from lib.probes.modes import YCCK
from lib.probes.sizes import LARGE, longest

_SMALL = 320  # pixels: patterns are looked for in a cut of this side at most


@dataclass(frozen=True)
class Seen:
    """What is known of a picture.

    Attributes:
        format: Pillow's name of the file's format; empty where it is none.
        mode: of the pixels as they are stored, in Pillow's words.
        info: what Pillow tells of the file beside.
        orientation: from the EXIF data, 1 to 8; 0 where they say nothing.
        frames: how many pictures are in the file.
        sampling: of a JPEG's colours, as :func:`PIL.JpegImagePlugin.get_sampling` numbers it; -1 for other files.
        bits: of a channel.
        size: width and height in pixels, upright; 0 where the deployment of this project refuses it.
        pixels: its middle, uint8 (h, w, 3), of :data:`_SMALL` pixels a side at most; empty where it is refused.
        contract: what decides which pictures are small.
        domain: what decides which are long.
    """

    format: str
    mode: str
    info: dict[Any, Any]
    orientation: int
    frames: int
    sampling: int
    bits: int
    size: tuple[int, int]
    pixels: NDArray[np.uint8]
    contract: Contract
    domain: Domain

    @classmethod
    def of(cls, data: bytes, contract: Contract, domain: Domain, upright: Image.Image | None = None) -> Seen:
        """Look at an image file, and at what it shows, if that is known already."""
        upright = upright or _upright(data)
        left, top = (max(0, (side - _SMALL) // 2) for side in upright.size)
        middle = upright.crop((left, top, min(left + _SMALL, upright.width), min(top + _SMALL, upright.height)))
        image = _opened(data)
        return cls(
            image.format or "",
            image.mode,
            dict(image.info),
            int(image.getexif().get(ORIENTATION, 0)) if upright.width else 0,
            int(getattr(image, "n_frames", 1)),
            get_sampling(image) if image.format == "JPEG" else -1,
            _bits(data, image),
            upright.size,
            np.asarray(middle).reshape(middle.height, middle.width, 3),
            contract,
            domain,
        )

    @property
    def readable(self) -> bool:
        """Whether there is a right answer."""
        return self.pixels.size > 0

    @property
    def transparent(self) -> bool:
        """Whether a part of it may be clear."""
        return "A" in self.mode or "transparency" in self.info

    def steps(self, axis: int) -> float:
        """The mean difference of neighbours in levels, down (0) or across (1)."""
        return float(np.abs(np.diff(self.pixels.astype(np.int16), axis=axis)).mean()) if min(self.pixels.shape) > 1 else 0.0


def _upright(data: bytes) -> Image.Image:
    try:
        return decode(data)
    except BadInput:
        return Image.new("RGB", (0, 0))


def _opened(data: bytes) -> Image.Image:
    """The image with its pixels still in the file; an empty one without a format where there is none."""
    try:
        return Image.open(io.BytesIO(data))
    except OSError:
        return Image.new("RGB", (0, 0))


def _bits(data: bytes, image: Image.Image) -> int:
    """Bits of a channel, of a PNG as its header says, since Pillow reads a colour one of 16 at 8."""
    if image.format == "PNG":
        return data[24]
    return {"1": 1, "I": 32, "F": 32}.get(image.mode, 16 if image.mode.startswith("I;16") else 8)


@dataclass(frozen=True)
class Property:
    """One property.

    Attributes:
        name: as pages name it.
        holds: whether a picture has it.
    """

    name: str
    holds: Callable[[Seen], bool]


def _larger(than: int) -> Callable[[Seen], bool]:
    return lambda seen: max(seen.size) > than


def _stored(kind: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.readable and seen.format == kind


def _turned(by: int) -> Callable[[Seen], bool]:
    return lambda seen: seen.readable and seen.orientation == by


def _sampled(by: int) -> Callable[[Seen], bool]:
    return lambda seen: seen.readable and seen.sampling == by and seen.mode == "RGB"


def _flat(seen: Seen) -> bool:
    return seen.readable and bool((seen.pixels == seen.pixels[0, 0]).all())


def _saturated(seen: Seen) -> bool:
    extreme = (seen.pixels.max(axis=2) == 255) & (seen.pixels.min(axis=2) == 0) if seen.readable else np.zeros(1)
    return bool(extreme.mean() > 0.5)


def _parity(width: int, height: int) -> Callable[[Seen], bool]:
    return lambda seen: seen.readable and seen.size[0] % 2 == width and seen.size[1] % 2 == height


def _long(seen: Seen) -> bool:
    least = 0.95 * longest(seen.contract, seen.domain)
    return seen.readable and seen.size[0] >= least * seen.size[1]


def _high(seen: Seen) -> bool:
    least = 0.95 * longest(seen.contract, seen.domain)
    return seen.readable and seen.size[1] >= least * seen.size[0]


def _times(factor: int) -> Callable[[Seen], bool]:
    def test(seen: Seen) -> bool:
        side = max if seen.contract.rule == "squash" else min
        return min(seen.size) == side(seen.size) == factor * seen.contract.size

    return test


_STRONG = 60  # levels between neighbours, on average: noise has 85, a photo 10
PROPERTIES = (
    *(Property(f"EXIF orientation {i}", _turned(i)) for i in range(1, 9)),
    *(Property(f"file format {kind}", _stored(kind)) for kind in FORMATS),
    *(Property(f"JPEG {name}", _sampled(i)) for i, name in enumerate(("4:4:4", "4:2:2", "4:2:0"))),
    Property("progressive JPEG", lambda seen: bool(seen.info.get("progressive"))),
    Property("several frames", lambda seen: seen.readable and seen.frames > 1),
    Property("grey", lambda seen: seen.readable and seen.mode == "L"),
    Property("grey with alpha", lambda seen: seen.mode == "LA"),
    Property("alpha", lambda seen: seen.mode == "RGBA"),
    Property("palette", lambda seen: seen.mode == "P" and not seen.transparent),
    Property("palette with transparency", lambda seen: seen.mode == "P" and seen.transparent),
    Property("one transparent colour", lambda seen: seen.mode in ("L", "RGB") and seen.transparent),
    Property("one bit", lambda seen: seen.readable and seen.mode == "1"),
    Property("16 bits a channel", lambda seen: seen.readable and seen.bits == 16),
    Property("CMYK", lambda seen: seen.mode == "CMYK" and seen.info.get("adobe_transform", 0) == 0),
    Property("YCCK", lambda seen: seen.mode == "CMYK" and seen.info.get("adobe_transform") == YCCK),
    Property("ICC profile", lambda seen: seen.readable and bool(seen.info.get("icc_profile"))),
    Property("gamma chunk", lambda seen: seen.readable and "gamma" in seen.info),
    *(Property(f"a side above {side:,} pixels", _larger(side)) for side in LARGE),
    Property(
        "both sides below the size that is resized to", lambda seen: seen.readable and max(seen.size) < seen.contract.size
    ),
    Property("already of the size that is resized to", _times(1)),
    Property("twice the size that is resized to", _times(2)),
    *(
        Property(f"{('even', 'odd')[width]} width, {('even', 'odd')[height]} height", _parity(width, height))
        for width in (0, 1)
        for height in (0, 1)
    ),
    Property("far wider than high", _long),
    Property("far higher than wide", _high),
    Property("bright", lambda seen: seen.readable and bool(seen.pixels.min() > 200)),
    Property("dark", lambda seen: seen.readable and bool(seen.pixels.max() < 50)),
    Property("flat", _flat),
    Property("noise", lambda seen: min(seen.steps(0), seen.steps(1)) > _STRONG),
    Property("stripes of one pixel, down", lambda seen: seen.steps(1) == 255 and seen.steps(0) == 0),
    Property("stripes of one pixel, across", lambda seen: seen.steps(0) == 255 and seen.steps(1) == 0),
    Property("checkerboard of one pixel", lambda seen: seen.steps(0) == seen.steps(1) == 255),
    Property("saturated colours", _saturated),
    Property("deeper than 8 bits, grey", lambda seen: not seen.readable and seen.mode.startswith(("I", "F"))),
    Property("cut short", lambda seen: not seen.readable and seen.format in ("JPEG", "PNG") and seen.bits == 8),
)


def of(data: bytes, contract: Contract, domain: Domain, upright: Image.Image | None = None) -> tuple[str, ...]:
    """The names of the properties that a picture has.

    Args:
        data: the image file, readable or not.
        contract: what the network is fed.
        domain: the sizes that it may be fed.
        upright: the same decoded, if it was.
    """
    seen = Seen.of(data, contract, domain, upright)
    return tuple(each.name for each in PROPERTIES if each.holds(seen))
