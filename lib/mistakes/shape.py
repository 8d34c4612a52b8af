"""Mistakes in shape: the right filter to the wrong size, or of the wrong part of the photo."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from lib.compare.view import View, centred, of_contract, whole
from lib.deploy import Contract
from lib.deploy.stages import Resize
from lib.mistakes.mistake import Mistake

# From a contract and a photo's width and height to what the network is shown; BadPhoto where the photo is too long for that.
Viewer = Callable[[Contract, int, int], View]


def side_of(contract: Contract) -> int:
    """The side in pixels of the square that the network was made for."""
    return contract.crop or contract.size


def _squash(contract: Contract, width: int, height: int) -> View:
    side = side_of(contract)
    return whole((side, side))


def _by_shorter_side(contract: Contract, size: int, width: int, height: int) -> tuple[int, int]:
    """Width and height in pixels once the shorter side is ``size``, whatever the contract's own rule."""
    return Resize(size, "shorter-side", contract.filter).target(width, height)


def _scaled_crop(contract: Contract, width: int, height: int) -> View:
    side = side_of(contract)
    return centred(_by_shorter_side(contract, round(side * 256 / 224), width, height), side)


def _crop_only(contract: Contract, width: int, height: int) -> View:
    return centred((width, height), side_of(contract))


def _letterbox(contract: Contract, width: int, height: int) -> View:
    side = side_of(contract)
    scaled = (max(1, side * width // max(width, height)), max(1, side * height // max(width, height)))
    return centred(scaled, side)


def _swapped(contract: Contract, width: int, height: int) -> View:
    # the reference's size with its two numbers in the other order, as image.resize((h, w)) gives
    columns, rows = of_contract(contract, width, height).scaled
    return whole((rows, columns))


def _rounded(contract: Contract, width: int, height: int) -> View:
    view = of_contract(contract, width, height)
    if contract.rule == "squash":
        return view
    short = min(width, height)
    scaled = (round(contract.size * width / short), round(contract.size * height / short))
    return whole(scaled) if contract.crop is None else centred(scaled, contract.crop)


def _shifted(contract: Contract, width: int, height: int) -> View:
    view = of_contract(contract, width, height)
    left, top, right, bottom = view.window
    return View(view.scaled, (left + 1, top + 1, right + 1, bottom + 1))


def _centre(contract: Contract, width: int, height: int) -> View:
    side = side_of(contract)
    return centred(_by_shorter_side(contract, side, width, height), side)


def _larger(contract: Contract) -> int:
    """The size in pixels before a crop: the contract's, or where it crops nothing 256 for 224."""
    return contract.size if contract.crop else round(contract.size * 256 / 224)


def _squash_and_crop(contract: Contract, width: int, height: int) -> View:
    larger = _larger(contract)
    return centred((larger, larger), side_of(contract))


def _cut(rounded: Callable[[float], int]) -> Viewer:
    """The contract's own crop, its left and top edge rounded in another way than torchvision's, which takes the even one."""

    def viewer(contract: Contract, width: int, height: int) -> View:
        view, side = of_contract(contract, width, height), contract.crop
        if side is None:
            return view
        left, top = (rounded((length - side) / 2) for length in view.scaled)
        return View(view.scaled, (left, top, left + side, top + side))

    return viewer


def _corner(contract: Contract, width: int, height: int) -> View:
    side = side_of(contract)
    return View(_by_shorter_side(contract, contract.size, width, height), (0, 0, side, side))


def _resize(viewer: Viewer) -> Callable[[Contract], Callable[[Any], Any]]:
    def make(contract: Contract) -> Callable[[Any], Any]:
        kernel = Image.Resampling[contract.filter.upper()]

        def resize(picture: Any) -> Image.Image:
            image = picture if isinstance(picture, Image.Image) else Image.fromarray(np.asarray(picture))
            return viewer(contract, *image.size).render(image, kernel)

        return resize

    return make


_RULES: tuple[tuple[str, Viewer, str, str], ...] = (
    ("squash", _squash, "image.resize((side, side))", "the model card names one size, for width and height"),
    (
        "resize larger and crop",
        _scaled_crop,
        "CenterCrop(side)(Resize(round(side * 256 / 224))(image))",
        "it is what nearly every ImageNet recipe does",
    ),
    ("centre crop only", _crop_only, "CenterCrop(side)(image)", "the resize was lost in a refactoring"),
    (
        "resize to the crop's size",
        _centre,
        "CenterCrop(side)(Resize(side)(image))",
        "the input is this large, so the shorter side was scaled to it",
    ),
    (
        "squash, then crop",
        _squash_and_crop,
        "CenterCrop(side)(image.resize((size, size)))",
        "Resize((size, size)) was written where Resize(size) was meant",
    ),
    ("crop rounded down", _cut(math.floor), "left = (width - side) // 2", "whole numbers are divided so in every language"),
    ("crop rounded up", _cut(math.ceil), "left = Math.round((width - side) / 2)", "a half is rounded up in most languages"),
    ("resize and corner crop", _corner, "pixels[:side, :side]", "an array is cut to size, and starts at its corner"),
    ("letterbox", _letterbox, "ImageOps.pad(image, (side, side))", "detection models want it so, and the code was at hand"),
    ("width and height swapped", _swapped, "image.resize((h, w))", "arrays say height first, Pillow says width first"),
    ("side rounded", _rounded, "round(size * w / h)", "rounding looks more correct than truncating"),
    ("shifted by one", _shifted, "image.crop((1, 1, w + 1, h + 1))", "an off-by-one in a crop of one's own"),
)

# Rules that say something only of a contract that crops.
OF_CROPS = frozenset({"crop rounded down", "crop rounded up"})
VIEWERS: dict[str, Viewer] = {name: viewer for name, viewer, _, _ in _RULES}
SHAPES = tuple(Mistake(name, "resize", code, why, _resize(viewer)) for name, viewer, code, why in _RULES)
