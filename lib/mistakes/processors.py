"""Ready-made processors that set shape and filter at once.

Neither library is a dependency. What they do is written here in Pillow's terms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PIL import Image

from lib.compare.view import View, whole
from lib.deploy import Contract
from lib.mistakes.mistake import Mistake
from lib.mistakes.shape import Viewer, side_of

# libvips shrinks by whole factors with a box filter first, and leaves at least this much to its kernel (vips_resize's ``gap``).
# Pillow's reducing_gap does the same.
_GAP = 2.0


def _square(contract: Contract, width: int, height: int) -> View:
    side = side_of(contract)
    return whole((side, side))


def _nearest(contract: Contract) -> Callable[[Any], Any]:
    def resize(picture: Any) -> Image.Image:
        image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        return _square(contract, *image.size).render(image, Image.Resampling.NEAREST)

    return resize


def _cover(contract: Contract, width: int, height: int) -> View:
    side = side_of(contract)
    shrink = min(width, height) / side
    scaled = (int(width / shrink + 0.5), int(height / shrink + 0.5))
    left, top = ((length - side + 1) // 2 for length in scaled)
    return View(scaled, (left, top, left + side, top + side))


def _sharp(contract: Contract) -> Callable[[Any], Any]:
    def resize(picture: Any) -> Image.Image:
        image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        view = _cover(contract, *image.size)
        shown = min(image.size)  # pixels of the photo along the square's side
        # a rounded side is not stretched to whole pixels: the scale stays, and the middle stays in the middle
        left, top = (
            min(max(0.0, length / 2 + (start - scaled / 2) * shown / view.size[0]), length - shown)
            for length, scaled, start in zip(image.size, view.scaled, view.window, strict=False)
        )
        return image.resize(view.size, Image.Resampling.LANCZOS, (left, top, left + shown, top + shown), _GAP)

    return resize


VIEWERS: dict[str, Viewer] = {"squash, nearest": _square, "cover, lanczos": _cover}

PROCESSORS = (
    # Its default resample was 0, Pillow's number for nearest, until huggingface/transformers #42956 made it bicubic.
    Mistake(
        "squash, nearest",
        "resize",
        "EfficientNetImageProcessor(size=side)(image)",
        "Hugging Face's processor bears the family's name, and its default filter was nearest",
        _nearest,
    ),
    # Its shrinking while a JPEG is loaded is a mistake of its own, JPEG shrunk on load.
    Mistake(
        "cover, lanczos",
        "resize",
        "sharp(photo).resize(side, side)",
        "sharp and libvips cover the square, cut off what stands out, and filter by lanczos3",
        _sharp,
    ),
)
