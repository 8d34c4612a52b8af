"""What each service really does, and whether a diagnosis says so."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.diagnosis.finding import Finding
from lib.diagnosis.measurements import ANOTHER_NORMALISATION
from lib.mistakes.resizers.resizer import AREA, CUBIC, LINEAR, NEAREST, SMOOTH_CUBIC, SMOOTH_LANCZOS

# From the facts of services.toml to the catalogue's names; None where the catalogue has none, empty where it is no mistake.
_SHAPES = {
    "crop": "", "crop-floor": "crop rounded down", "cover": "resize to the crop's size", "squash": "squash",
    "squash-crop": "squash, then crop", "letterbox": "letterbox", "no-resize-crop": "centre crop only", "other": None,
}  # fmt: skip
_FILTERS = {
    "triangle": "", "nearest": NEAREST, "linear": LINEAR, "area": AREA, "cubic": CUBIC, "cubic-aa": SMOOTH_CUBIC,
    "lanczos-aa": SMOOTH_LANCZOS, "halving": "halving, then bilinear", "blurred": "a Gaussian blur, then bilinear",
    "other": None,
}  # fmt: skip
_NORMALISATIONS = {
    "levels": "", "right": "", "only-255": "no mean and std", "half": "mean and std of 0.5", "twice": "divided by 255 twice",
    "no-255": "no division by 255", "levels-float": "levels as they are", "bgr-mean": "mean and std in BGR order",
    "other": ANOTHER_NORMALISATION,
}  # fmt: skip
_ALSO = {
    "DCT-scaled decode on load": "JPEG shrunk on load",
    "BT.601 written, BT.709 read": "BT.601 read as BT.709",
    "chroma at half size": "YUV 4:2:0",
    "re-encoded as JPEG 75": "re-encoded JPEG",
    "mirrored": "mirrored",
    "normalised before resizing": "",
    "reshaped from channels last to channels first instead of transposed": "reshape for transpose",
    "width and height swapped in the call": "width and height swapped",
    "corner pixels aligned": "",
    "taps counted from the pixel's upper left corner": "",
    "nearest taken from the pixel's upper left corner": "",
    "middle 87.5 % of both sides, squashed to 224x224": "squash, then crop",
}
# What a library is known to do besides, as the notes say, and diagnosis may or may not see.
_BESIDE = {"half a level darker": "truncated levels"}
# Two taps, but not where the pixels' centres are.
_MISPLACED = {
    "corner pixels aligned": "bilinear, corners aligned",
    "taps counted from the pixel's upper left corner": "bilinear, not from pixel centres",
}
# A pixel off, in whichever way: the longer side or the crop's edge is rounded otherwise.
A_PIXEL_OFF = frozenset({"crop rounded down", "crop rounded up", "side rounded", "shifted by one"})

RIGHT, PART, UNKNOWN, WRONG, NOTHING = "named", "part of it", "not in the catalogue", "wrong", "nothing to see"
OUTCOMES = (RIGHT, PART, UNKNOWN, WRONG, NOTHING)


@dataclass(frozen=True)
class Service:
    """One row of services.toml."""

    id: str
    language: str
    library: str
    says: str
    facts: dict[str, Any]

    def effects(self, turned: bool, profiled: bool, off: frozenset[str], small: bool = False) -> set[str | None]:
        """What it does to a photo, in the catalogue's words; None among them for what the catalogue does not hold.

        Args:
            turned: whether the photo's EXIF data say that it has to be turned.
            profiled: whether it has a colour profile.
            off: those of :data:`A_PIXEL_OFF` that show another part of a photo of its size.
            small: whether its shorter side is less than twice the contract's size, so that no halving fits before that.
        """
        facts = self.facts
        every = {
            "EXIF ignored" if turned and facts["exif"] == "ignored" else "",
            "colour profile applied" if profiled and facts["profile"] != "ignored" else "",
            None if not profiled and facts["profile"] == "assumed" else "",
            _SHAPES[facts["shape"]],
            _FILTERS[facts["filter"]],
            _NORMALISATIONS[facts["normalise"]],
            "BGR" if facts["order"] == "bgr" else "",
            *(_ALSO.get(each) for each in facts["also"]),
        }
        for words, name in _MISPLACED.items():
            if words in facts["also"]:
                every = {name if each == LINEAR else each for each in every}
        if facts["also"] == ["middle 87.5 % of both sides, squashed to 224x224"]:
            every -= {None}  # its shape is said there
        if small and facts["filter"] == "halving" and facts["shape"] in ("crop", "crop-floor"):
            every = {LINEAR if each == _FILTERS["halving"] else each for each in every}
        rounds = "side rounded" if "Longer side rounded" in facts.get("note", "") else "crop rounded down"
        if not off & {rounds, "crop rounded down"}:
            every -= A_PIXEL_OFF
        return every - {""}

    @property
    def beside(self) -> set[str]:
        """What a diagnosis may say besides, and need not."""
        sharper = {"sharpened", "unsharp mask"} if "sharpened after resizing" in self.facts["also"] else set()
        flipped = {"a pixel off"} if "mirrored" in self.facts["also"] else set()  # of an odd rest, the other half is cut off
        stretched = {ANOTHER_NORMALISATION} if "full range written, limited range read" in self.facts["also"] else set()
        return flipped | sharper | stretched | {name for words, name in _BESIDE.items() if words in self.facts.get("note", "")}


def services(path: Path) -> list[Service]:
    """The services of a TOML file."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["service"]
    return [Service(row["id"], row["language"], row["library"], row["says"], row) for row in rows]


def outcome(truth: set[str | None], beside: set[str], finding: Finding) -> str:
    """How right a diagnosis is, one of :data:`OUTCOMES`.

    A name is wrong where it is of something that the service does not do, unless the tensor is the same either way and the
    diagnosis says so.

    Args:
        truth: as of :meth:`Service.effects`.
        beside: as of :attr:`Service.beside`.
        finding: the diagnosis.
    """
    if finding.healthy or (finding.same and not finding.names):
        return NOTHING
    if not finding.names:
        return UNKNOWN if truth else NOTHING
    said = [_merged(set(each)) - beside for each in (finding.effects, *finding.others)]
    truth = _merged(truth)
    if any(each == truth for each in said):
        return RIGHT
    return PART if any(each <= truth for each in said) else WRONG


def _merged(effects: set[Any]) -> set[Any]:
    """With one word for whatever puts the picture a pixel off."""
    off = effects & A_PIXEL_OFF
    return effects - off | ({"a pixel off"} if off else set())
