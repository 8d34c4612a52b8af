"""Faults of decoding: bytes to the wrong picture, on some files alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from lib.deploy.stages import decode
from lib.gate.deployed import factories, stage


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def _where(
    holds: Callable[[Image.Image], bool], wrong: Callable[[Image.Image], Any]
) -> Callable[[Any], Callable[[bytes], Any]]:
    """A decode that is right but for files of one kind."""

    def decoder(data: bytes) -> Any:
        right = decode(data)  # refuses what has to be refused
        image = _opened(data)
        return wrong(image) if holds(image) else right

    return lambda _: decoder


def _on_black(image: Image.Image) -> Image.Image:
    clear = image.convert("RGBA")
    black = Image.new("RGBA", image.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, clear).convert("RGB")


def _inverted(image: Image.Image) -> Any:
    return 255 - np.asarray(image.convert("RGB"))


FAULTS = (
    stage(
        "EXIF orientation ignored", "decode", lambda _: lambda data: decode(data) and _opened(data).convert("RGB"), ("EXIF",)
    ),
    stage("alpha dropped onto black", "decode", _where(lambda image: image.mode == "RGBA", _on_black), ("alpha",)),
    stage("CMYK inverted", "decode", _where(lambda image: image.mode == "CMYK", _inverted), ("CMYK",)),
)

__getattr__ = factories(FAULTS)
