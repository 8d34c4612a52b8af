"""Faults of resizing: the wrong shape, the wrong filter, and right but for pictures of one kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps
from PIL.Image import Resampling

from lib.deploy.stages import Resize, preprocessing
from lib.gate.deployed import Planted, factories, stage

SIDE = 224  # pixels that the network of most cases is fed
Wrong = Callable[[Image.Image, Resize], Any]


def only(name: str, holds: Callable[[Image.Image], bool], wrong: Wrong, *words: str) -> Planted:
    """A fault on pictures of one kind.

    Args:
        name: what is done.
        holds: whether a picture is of that kind.
        wrong: from it and the right resize to what comes out.
        words: what the verdict has to name.
    """

    def resizer(right: Resize) -> Callable[[Any], Any]:
        def resize(picture: Any) -> Any:
            image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
            return wrong(image, right) if holds(image) else right(image)

        return resize

    return stage(name, "resize", lambda contract: resizer(preprocessing(contract)[0]), words)


def fault(name: str, wrong: Wrong, *words: str) -> Planted:
    """A fault on every picture."""
    return only(name, lambda _: True, wrong, *words)


def pillow(chosen: Resampling) -> Wrong:
    """The right shape by one of Pillow's filters."""
    return lambda image, right: image.resize(right.target(*image.size), chosen)


def _opencv(interpolation: int) -> Wrong:
    return lambda image, right: cv2.resize(np.asarray(image), right.target(*image.size), interpolation=interpolation)


def _to(target: Callable[[int, int, int], tuple[int, int]]) -> Wrong:
    """The right filter to another width and height, made from the picture's own and the network's side."""
    return lambda image, right: image.resize(target(*image.size, right.size), Resampling.BILINEAR)


def _other_length(image: Image.Image, right: Resize, longer: Callable[[float], int]) -> Image.Image:
    exact = right.size * max(image.size) / min(image.size)
    size = (right.size, longer(exact)) if image.width <= image.height else (longer(exact), right.size)
    return image.resize(size, Resampling.BILINEAR)


def _corners_aligned(image: Image.Image, right: Resize) -> Any:
    """As torch's interpolate does with align_corners: the corners' centres stay where they are."""
    width, height = right.target(*image.size)
    columns = np.linspace(0, image.width - 1, width, dtype=np.float32)
    rows = np.linspace(0, image.height - 1, height, dtype=np.float32)
    across, down = np.meshgrid(columns, rows)
    return cv2.remap(np.asarray(image), across, down, cv2.INTER_LINEAR)


def _half_pixel_off(image: Image.Image, right: Resize) -> Image.Image:
    return image.resize(right.target(*image.size), Resampling.BILINEAR, box=(0.5, 0.5, image.width, image.height))


def _floats(image: Image.Image, right: Resize) -> Any:
    """Both passes in floating point, cut to whole levels at the end."""
    size = right.target(*image.size)
    planes = [np.asarray(plane.convert("F").resize(size, Resampling.BILINEAR)) for plane in image.split()]
    return np.clip(np.stack(planes, axis=2), 0, 255).astype(np.uint8)


def _linear_light(image: Image.Image, right: Resize) -> Any:
    size = right.target(*image.size)
    light = (np.asarray(image) / 255.0) ** 2.2
    planes = [
        np.asarray(Image.fromarray(plane.astype(np.float32)).resize(size, Resampling.BILINEAR))
        for plane in light.transpose(2, 0, 1)
    ]
    return np.rint(255 * np.clip(np.stack(planes, axis=2), 0, 1) ** (1 / 2.2)).astype(np.uint8)


def _letterboxed(image: Image.Image, right: Resize) -> Image.Image:
    return ImageOps.pad(image, (right.size, right.size), Resampling.BILINEAR)


def _by_way_of(side: int) -> Wrong:
    def wrong(image: Image.Image, right: Resize) -> Image.Image:
        width, height = (int(length * side / right.size) for length in right.target(*image.size))
        return right(image.resize((width, height), Resampling.BILINEAR))

    return wrong


def _thumbnail(image: Image.Image, right: Resize) -> Image.Image:
    small = image.copy()
    small.thumbnail(right.target(*image.size), Resampling.BILINEAR, reducing_gap=2.0)
    return small


def _halved_first(image: Image.Image, right: Resize) -> Image.Image:
    small = image
    while min(small.size) >= 2 * right.size:
        small = small.reduce(2)
    return small.resize(right.target(*image.size), Resampling.BILINEAR)


def _other_pass_first(image: Image.Image, right: Resize) -> Image.Image:
    width, height = right.target(*image.size)
    return image.resize((image.width, height), Resampling.BILINEAR).resize((width, height), Resampling.BILINEAR)


def _antialiased_across_alone(image: Image.Image, right: Resize) -> Any:
    width, height = right.target(*image.size)
    narrow = image.resize((width, image.height), Resampling.BILINEAR)
    return cv2.resize(np.asarray(narrow), (width, height), interpolation=cv2.INTER_LINEAR)


def _in_ycc(image: Image.Image, right: Resize) -> Image.Image:
    return image.convert("YCbCr").resize(right.target(*image.size), Resampling.BILINEAR).convert("RGB")


def _exchanged(image: Image.Image, right: Resize) -> Image.Image:
    return image.resize(right.target(*image.size)[::-1], Resampling.BILINEAR)


def _shifted(image: Image.Image, right: Resize) -> NDArray[Any]:
    return np.roll(np.asarray(right(image)), 1, axis=1)


def _cropped_to_aspect(image: Image.Image, right: Resize) -> Image.Image:
    short = min(image.size)
    return right(ImageOps.fit(image, (min(image.width, 3 * short), min(image.height, 3 * short))))


def _on_grey(image: Image.Image, right: Resize) -> Image.Image:
    sheet = Image.new("RGB", right.target(*image.size), (127, 127, 127))
    sheet.paste(image, (0, 0))
    return sheet


def _each_side(change: Callable[[int], int]) -> Wrong:
    """The right picture, with each of its sides made another length."""

    def wrong(image: Image.Image, right: Resize) -> Image.Image:
        width, height = right.target(*image.size)
        return right(image).resize((change(width), change(height)))

    return wrong


def _long(image: Image.Image) -> bool:
    return max(image.size) > 3 * min(image.size)


def _small(image: Image.Image) -> bool:
    return min(image.size) < SIDE


def above(side: int) -> Callable[[Image.Image], bool]:
    """Pictures with a side of more pixels."""
    return lambda image: max(image.size) > side


def _twice(image: Image.Image) -> bool:
    """OpenCV's linear filter takes the mean of four there, and nowhere else."""
    return min(image.size) == 2 * SIDE


def _grey(image: Image.Image) -> bool:
    pixels = np.asarray(image)
    return bool((pixels == pixels[:, :, :1]).all())


NEAREST = pillow(Resampling.NEAREST)
PLANTED = (
    fault("squashed to a square", _to(lambda width, height, side: (side, side))),
    fault("nearest neighbour", NEAREST),
    fault("bicubic", pillow(Resampling.BICUBIC)),
    fault("Lanczos", pillow(Resampling.LANCZOS)),
    fault("box filter", pillow(Resampling.BOX)),
    fault("Hamming filter", pillow(Resampling.HAMMING)),
    fault("OpenCV's linear, without antialiasing", _opencv(cv2.INTER_LINEAR)),
    fault("OpenCV's area", _opencv(cv2.INTER_AREA)),
    fault("OpenCV's cubic", _opencv(cv2.INTER_CUBIC)),
    fault("antialiasing across and not down", _antialiased_across_alone),
    fault(
        "large photos reduced in two steps, by reducing_gap",
        lambda image, right: image.resize(right.target(*image.size), Resampling.BILINEAR, reducing_gap=1.0),
        "a side above 2,000 pixels",
    ),
    fault("halved until it fits", _halved_first, "a side above 2,000 pixels"),
    fault("Pillow's thumbnail, which enlarges nothing", _thumbnail),
    fault("longer side rounded", lambda image, right: _other_length(image, right, round)),
    fault("longer side rounded up", lambda image, right: _other_length(image, right, lambda exact: -int(-exact // 1))),
    fault("longer side a pixel longer", lambda image, right: _other_length(image, right, lambda exact: int(exact) + 1)),
    fault("both sides cut to multiples of 32", _each_side(lambda side: side // 32 * 32)),
    fault("width and height exchanged", _exchanged),
    fault("turned by a transpose", lambda image, right: np.asarray(right(image)).transpose(1, 0, 2).copy()),
    fault("letterboxed", _letterboxed),
    fault(
        "the central square alone",
        lambda image, right: ImageOps.fit(image, (right.size, right.size), Resampling.BILINEAR),
    ),
    fault("by way of 256 pixels", _by_way_of(256)),
    fault("half a pixel off", _half_pixel_off),
    fault("corners aligned", _corners_aligned),
    fault("floating point cut to whole levels", _floats),
    fault("in linear light", _linear_light),
    fault("in YCC", _in_ycc),
    fault("height before width", _other_pass_first),
    fault("sharpened afterwards", lambda image, right: right(image).filter(ImageFilter.SHARPEN)),
    fault("blurred afterwards", lambda image, right: right(image).filter(ImageFilter.GaussianBlur(0.5))),
    fault("shifted by a pixel", _shifted),
    *(
        only(f"nearest above {side:,} pixels", above(side), NEAREST, f"a side above {side:,} pixels")
        for side in (1000, 2000, 4000)
    ),
    only("nearest from 1,200 to 1,800 pixels wide", lambda image: 1200 <= image.width <= 1800, NEAREST),
    only("shifted by a pixel from 450 to 640 pixels high", lambda image: 450 <= image.height <= 640, _shifted),
    only("nearest where it enlarges", _small, NEAREST),
    only("small pictures laid onto grey", _small, _on_grey),
    only("small pictures left as they are", _small, lambda image, _: image),
    only(
        "upright pictures squashed to a square",
        lambda image: image.height > image.width,
        _to(lambda w, h, side: (side, side)),
        "far higher than wide",
    ),
    only("square pictures shifted by a pixel", lambda image: image.width == image.height, _shifted, "noise"),
    only(
        "the last column dropped where the width is odd",
        lambda image: image.width % 2 == 1,
        lambda image, right: image.crop((0, 0, image.width - 1, image.height)).resize(
            right.target(*image.size), Resampling.BILINEAR
        ),
        "odd width, even height",
    ),
    only(
        "the mean of four where it is exactly half",
        _twice,
        lambda image, _: image.reduce(2),
        "twice the size that is resized to",
    ),
    only(
        "long pictures cropped",
        _long,
        _cropped_to_aspect,
        "far wider than high",
        "far higher than wide",
    ),
    only("the longer side held to 640 pixels", _long, _each_side(lambda side: min(side, 640)), "far wider than high"),
    only("grey pictures by nearest neighbour", _grey, NEAREST, "stripes of one pixel, down", "checkerboard of one pixel"),
)

__getattr__ = factories(PLANTED)
