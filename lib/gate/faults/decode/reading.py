"""A decode that is right but for files of one kind."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from lib.deploy.stages import decode
from lib.gate.deployed import Planted, stage


def opened(data: bytes) -> Image.Image:
    """An image as it lies in the file: nothing turned, nothing converted."""
    return Image.open(io.BytesIO(data))


def of_files(name: str, holds: Callable[[Image.Image], bool], wrong: Callable[[Image.Image], Any], *words: str) -> Planted:
    """A fault on files of one kind.

    Args:
        name: what is done.
        holds: whether a file, opened, is of that kind.
        wrong: the picture that is made of it, from the file opened.
        words: what the verdict has to name.
    """

    def decoder(data: bytes) -> Any:
        right = decode(data)  # refuses what has to be refused
        image = opened(data)
        return wrong(image) if holds(image) else right

    return stage(name, "decode", lambda _: decoder, words)


def of_pictures(name: str, holds: Callable[[Image.Image], bool], wrong: Callable[[Image.Image], Any], *words: str) -> Planted:
    """The same of pictures of one kind: both functions are given the picture upright and in RGB."""

    def decoder(data: bytes) -> Any:
        right = decode(data)
        return wrong(right) if holds(right) else right

    return stage(name, "decode", lambda _: decoder, words)


def always(_: Image.Image) -> bool:
    """Any file, any picture."""
    return True


def of_format(*kinds: str) -> Callable[[Image.Image], bool]:
    """Files of some formats, by Pillow's names."""
    return lambda image: image.format in kinds
