"""The preprocessing contract: what the network is fed, as the subject states it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

from .errors import BadInput, quoted

RULES = ("shorter-side", "shorter-side-crop", "squash")
FILTERS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")
MOST = 1e6  # of a mean or std: beyond it float32 overflows, or divides by what it has rounded to 0
LARGEST = 4096  # pixels a side of what a network is fed; the largest of the EfficientNets, L2, takes 800


@dataclass(frozen=True)
class Contract:
    """How a decoded photo becomes the network's input.

    Attributes:
        size: target side in pixels, 1 to :data:`LARGEST`.
        rule: ``shorter-side`` scales the shorter side to ``size`` and keeps the aspect ratio (torchvision's ``Resize(size)``);
            ``shorter-side-crop`` does the same, then cuts the central ``crop`` x ``crop`` (``CenterCrop(crop)``);
            ``squash`` scales both sides to ``size`` (``Resize((size, size))``).
        filter: one of :data:`FILTERS`, Pillow's names in lower case.
        mean: per channel R, G, B, in units of the 0..1 range; -1e6 to 1e6.
        std: per channel R, G, B, in units of the 0..1 range; 1e-6 to 1e6.
        crop: side of the central crop in pixels, 1 to ``size``; only with ``shorter-side-crop``.
    """

    size: int
    rule: str
    filter: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    crop: int | None = None

    @classmethod
    def from_mapping(cls, values: object, where: str) -> Contract:
        """Check ``values`` field by field and make a contract of them.

        Args:
            values: the fields above, as TOML or JSON gives them.
            where: file (and section) that the values come from, for error messages.

        Raises:
            BadInput: a field is missing, unknown, or has a value that cannot be used; the message names it.
        """
        if not isinstance(values, dict):
            raise BadInput(f"{where}: is {quoted(values)}; it takes a table of fields")
        names = [field.name for field in fields(cls)]
        for name in values:
            if name not in names:
                raise BadInput(f"{where}: unknown field {quoted(name)}; the fields are {', '.join(names)}")
        for name in ("size", "rule", "filter", "mean", "std"):
            if name not in values:
                raise BadInput(f"{where}: field '{name}' is missing")
        _one_of(values["rule"], RULES, f"{where}: field 'rule'")
        _one_of(values["filter"], FILTERS, f"{where}: field 'filter'")
        size = _pixels(values["size"], f"{where}: field 'size'")
        crop = values.get("crop")
        if (crop is not None) != (values["rule"] == "shorter-side-crop"):
            raise BadInput(f"{where}: field 'crop' goes with rule 'shorter-side-crop', and only with it")
        if crop is not None and _pixels(crop, f"{where}: field 'crop'") > size:
            raise BadInput(f"{where}: field 'crop' is {crop}, more than size {size}")
        mean = _per_channel(values["mean"], -MOST, f"{where}: field 'mean'")
        std = _per_channel(values["std"], 1 / MOST, f"{where}: field 'std'")
        return cls(size, values["rule"], values["filter"], mean, std, crop)

    def to_json(self) -> str:
        """The contract as a JSON object, for a model file's metadata."""
        return json.dumps(asdict(self))


def _one_of(value: object, choices: tuple[str, ...], what: str) -> None:
    if value not in choices:
        raise BadInput(f"{what} is {quoted(value)}; it takes one of {', '.join(choices)}")


def _pixels(value: object, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LARGEST:
        raise BadInput(f"{what} is {quoted(value)}; it takes a whole number of pixels, 1 to {LARGEST}")
    return value


def _per_channel(values: object, least: float, what: str) -> tuple[float, float, float]:
    numbers = values if isinstance(values, list | tuple) else ()
    if len(numbers) != 3 or not all(type(v) in (int, float) and least <= v <= MOST for v in numbers):
        raise BadInput(f"{what} is {quoted(values)}; it takes three numbers, for red, green and blue, {least:g} to {MOST:g}")
    red, green, blue = (float(v) for v in numbers)
    return red, green, blue
