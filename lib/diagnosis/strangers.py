"""What happens to photos and is not in the catalogue, to measure whether diagnosis knows that it does not know.

None of them is a mistake of the catalogue, nor two of them at once, nor a gain and an offset for each channel.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from skimage import data, exposure

from lib.compare.view import centred, of_contract
from lib.deploy import Contract
from lib.deploy.stages import decode, preprocessing
from lib.mistakes.resizers.resizer import Pixels, to_levels
from lib.mistakes.shape import side_of

Tensor = NDArray[np.float32]
Stranger = Callable[[bytes, Contract], Tensor]  # from a photo's bytes to float32 (3, h, w)

_SEED = 0
_LEVELS = np.arange(256)


def _after(change: Callable[[Pixels], Pixels]) -> Stranger:
    """A change to the finished picture."""

    def stranger(photo: bytes, contract: Contract) -> Tensor:
        resize, normalise = preprocessing(contract)
        tensor: Tensor = np.asarray(normalise(np.ascontiguousarray(change(np.asarray(resize(decode(photo)))))))[0]
        return tensor

    return stranger


def _before(change: Callable[[Image.Image], Image.Image]) -> Stranger:
    """A change to the photo, before the reference's resize."""

    def stranger(photo: bytes, contract: Contract) -> Tensor:
        resize, normalise = preprocessing(contract)
        tensor: Tensor = np.asarray(normalise(resize(change(decode(photo)))))[0]
        return tensor

    return stranger


def _scaled(make: Callable[[Image.Image, Contract], Image.Image]) -> Stranger:
    """Another way from the photo to the finished picture."""

    def stranger(photo: bytes, contract: Contract) -> Tensor:
        _, normalise = preprocessing(contract)
        tensor: Tensor = np.asarray(normalise(make(decode(photo), contract)))[0]
        return tensor

    return stranger


def _fed(change: Callable[[NDArray[np.float32]], NDArray[Any]]) -> Stranger:
    """Another way from the right picture, float32 (3, h, w) in 0..1, to what is fed."""

    def stranger(photo: bytes, contract: Contract) -> Tensor:
        resize, _ = preprocessing(contract)
        planes: Tensor = np.asarray(resize(decode(photo))).transpose(2, 0, 1).astype(np.float32) / np.float32(255)
        return change(planes).astype(np.float32)

    return stranger


def _pillow(change: Callable[[Image.Image], Image.Image]) -> Stranger:
    return _after(lambda pixels: np.asarray(change(Image.fromarray(pixels)).convert("RGB")))


def _curve(levels: NDArray[Any]) -> Stranger:
    table = to_levels(levels)
    return _after(lambda pixels: table[pixels])


def _grid(pixels: Pixels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Down and across, -1..1 both."""
    rows, columns = np.mgrid[-1 : 1 : pixels.shape[0] * 1j, -1 : 1 : pixels.shape[1] * 1j]
    return rows, columns


def _mixed(matrix: list[list[float]]) -> Stranger:
    return _after(lambda pixels: to_levels(pixels @ np.array(matrix).T))


def _hue(pixels: Pixels) -> Pixels:
    hsv = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)
    hsv[:, :, 0] = (hsv[:, :, 0].astype(int) + 20) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB).astype(np.uint8)


def _noise(pixels: Pixels) -> Pixels:
    return to_levels(pixels + np.random.default_rng(_SEED).normal(0, 8, pixels.shape))


def _salt(pixels: Pixels) -> Pixels:
    drawn = np.random.default_rng(_SEED).random(pixels.shape[:2])
    return np.where((drawn < 0.02)[:, :, None], 255, np.where((drawn > 0.98)[:, :, None], 0, pixels)).astype(np.uint8)


def _vignette(pixels: Pixels) -> Pixels:
    rows, columns = _grid(pixels)
    return to_levels(pixels * (1 - 0.35 * (rows**2 + columns**2))[:, :, None])


def _gammas(pixels: Pixels) -> Pixels:
    return to_levels(255 * (pixels / 255) ** np.array([0.8, 1.0, 1.25]))


def _clahe(pixels: Pixels) -> Pixels:
    return to_levels(255 * exposure.equalize_adapthist(pixels, clip_limit=0.02))


def _luma_range(pixels: Pixels) -> Pixels:
    """Luma is stretched as video's, and the colour differences are left."""
    planes = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb).astype(np.float64)
    planes[:, :, 0] = (planes[:, :, 0] - 16) * 255 / 219
    return cv2.cvtColor(to_levels(planes), cv2.COLOR_YCrCb2RGB).astype(np.uint8)


def _chroma_moved(pixels: Pixels) -> Pixels:
    planes = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)
    planes[:, :, 1:] = np.roll(planes[:, :, 1:], 4, axis=1)
    return cv2.cvtColor(planes, cv2.COLOR_YCrCb2RGB).astype(np.uint8)


def _tiles(pixels: Pixels) -> Pixels:
    half = pixels.shape[1] // 2
    return np.concatenate([pixels[:, half:], pixels[:, :half]], axis=1)


def _watermark(pixels: Pixels) -> Pixels:
    marked = pixels.copy()
    height, width = pixels.shape[:2]
    cv2.putText(marked, "SAMPLE", (width // 10, height * 2 // 3), cv2.FONT_HERSHEY_SIMPLEX, width / 150, (255, 255, 255), 6)
    return to_levels(0.4 * pixels + 0.6 * marked)


def _rotated(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 2, 1)
    return cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REFLECT).astype(np.uint8)


def _perspective(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    there = corners + np.array([[8, 4], [-3, 9], [-9, -2], [2, -7]], np.float32)
    warp = cv2.getPerspectiveTransform(corners, there)
    return cv2.warpPerspective(pixels, warp, (width, height), borderMode=cv2.BORDER_REFLECT).astype(np.uint8)


def _another(size: tuple[int, int]) -> Pixels:
    return np.asarray(Image.fromarray(data.hubble_deep_field()).resize(size))


def _interlaced(pixels: Pixels) -> Pixels:
    combed = pixels.copy()
    combed[1::2] = np.roll(combed[1::2], 3, axis=1)
    return combed


def _jpeg(quality: int, subsampling: str) -> Stranger:
    def change(image: Image.Image) -> Image.Image:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, subsampling=subsampling)
        return Image.open(io.BytesIO(buffer.getvalue()))

    return _pillow(change)


def _blocks(pixels: Pixels) -> Pixels:
    stretched = pixels.copy()
    for rows in np.array_split(np.arange(pixels.shape[0]), 4):
        for columns in np.array_split(np.arange(pixels.shape[1]), 4):
            block = np.ix_(rows, columns)
            low, high = np.percentile(pixels[block], (2, 98))
            stretched[block] = to_levels((pixels[block] - low) * 255 / max(1.0, high - low))
    return stretched


def _pixelated(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    small = Image.fromarray(pixels).resize((width // 4, height // 4), Image.Resampling.BOX)
    return np.asarray(small.resize((width, height), Image.Resampling.NEAREST))


def _zoomed(image: Image.Image) -> Image.Image:
    width, height = image.size
    return image.crop((width // 40, height // 40, width - width // 40, height - height // 40)).resize((width, height))


def _left_half(image: Image.Image, contract: Contract) -> Image.Image:
    return image.crop((0, 0, image.width // 2, image.height)).resize(of_contract(contract, *image.size).size)


def _pink_letterbox(image: Image.Image, contract: Contract) -> Image.Image:
    side = side_of(contract)
    return ImageOps.pad(image, (side, side), Image.Resampling.BILINEAR, color=(220, 120, 160))


def _reflected(image: Image.Image, contract: Contract) -> Image.Image:
    side = side_of(contract)
    inner = np.asarray(ImageOps.contain(image, (side, side), Image.Resampling.BILINEAR))
    rows, columns = side - inner.shape[0], side - inner.shape[1]
    padding = ((rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0))
    return Image.fromarray(np.pad(inner, padding, mode="reflect"))


def _crop_of_232(image: Image.Image, contract: Contract) -> Image.Image:
    side = side_of(contract)
    scale = round(side * 232 / 224) / min(image.size)
    view = centred((int(image.width * scale), int(image.height * scale)), side)
    return view.render(image, Image.Resampling.BILINEAR)


def _off_centre(image: Image.Image, contract: Contract) -> Image.Image:
    side = side_of(contract)
    scaled = image.resize((round(1.5 * side), round(1.4 * side)), Image.Resampling.BILINEAR)
    return scaled.crop((side // 9, side // 7, side // 9 + side, side // 7 + side))


def _blurred_square(image: Image.Image, contract: Contract) -> Image.Image:
    side = round(side_of(contract) * 300 / 224)
    return image.resize((side, side), Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(1.5))


def _middle(kernel: ImageFilter.Filter) -> Stranger:
    """The square in the middle of the right size, and then a filter."""

    def middle(image: Image.Image, contract: Contract) -> Image.Image:
        view = centred(of_contract(contract, *image.size).scaled, side_of(contract))
        return view.render(image, Image.Resampling.BILINEAR).filter(kernel)

    return _scaled(middle)


def _standardised(planes: Tensor) -> Tensor:
    return np.clip((planes - planes.mean()) / planes.std(), -1.5, 1.5)


_DIAGONAL = np.eye(9, dtype=np.float32) / 9

STRANGERS: dict[str, Stranger] = {
    "Gaussian blur": _pillow(lambda image: image.filter(ImageFilter.GaussianBlur(1))),
    "box blur": _pillow(lambda image: image.filter(ImageFilter.BoxBlur(1))),
    "motion blur": _after(lambda pixels: cv2.filter2D(pixels, -1, _DIAGONAL).astype(np.uint8)),
    "median filter": _pillow(lambda image: image.filter(ImageFilter.MedianFilter(3))),
    "bilateral filter": _after(lambda pixels: cv2.bilateralFilter(pixels, 7, 40, 3).astype(np.uint8)),
    "emboss": _pillow(lambda image: image.filter(ImageFilter.EMBOSS)),
    "edges": _pillow(lambda image: image.filter(ImageFilter.FIND_EDGES)),
    "a strong unsharp mask": _pillow(lambda image: image.filter(ImageFilter.UnsharpMask(5, 250, 0))),
    "noise": _after(_noise),
    "salt and pepper": _after(_salt),
    "posterised": _pillow(lambda image: ImageOps.posterize(image, 3)),
    "solarised": _pillow(lambda image: ImageOps.solarize(image, 128)),
    "inverted": _pillow(ImageOps.invert),
    "equalised": _pillow(ImageOps.equalize),
    "CLAHE": _after(_clahe),
    "contrast stretched in blocks": _after(_blocks),
    "log curve": _curve(255 * np.log1p(_LEVELS) / np.log(256)),
    "gamma 1.5": _curve(255 * (_LEVELS / 255) ** (1 / 1.5)),
    "S curve": _curve(255 * (0.5 - 0.5 * np.cos(np.pi * _LEVELS / 255))),
    "a gamma for each channel": _after(_gammas),
    "sepia": _mixed([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]),
    "grey": _pillow(ImageOps.grayscale),
    "hue shifted": _after(_hue),
    "more saturated": _pillow(lambda image: ImageEnhance.Color(image).enhance(1.5)),
    "green, red, blue": _after(lambda pixels: pixels[:, :, (1, 0, 2)]),
    "colour temperature": _mixed([[1.15, 0, 0], [0, 1, 0], [0, 0, 0.8]]),
    "luma range": _after(_luma_range),
    "chroma moved": _after(_chroma_moved),
    "vignette": _after(_vignette),
    "watermark": _after(_watermark),
    "pixelated": _after(_pixelated),
    "dithered": _pillow(lambda image: image.quantize(16)),
    "interlaced": _after(_interlaced),
    "JPEG at quality 10": _jpeg(10, "4:2:2"),
    "averaged with another": _after(lambda pixels: to_levels(0.6 * pixels + 0.4 * _another(pixels.shape[1::-1]))),
    "another photo": _after(lambda pixels: _another(pixels.shape[1::-1])),
    "halves exchanged": _after(_tiles),
    "rotated by 2°": _after(_rotated),
    "perspective": _after(_perspective),
    "moved by five": _after(lambda pixels: np.roll(pixels, (5, 5), axis=(0, 1))),
    "by way of half the size": _before(lambda image: image.reduce(3)),
    "zoomed by 5 %": _before(_zoomed),
    "left half": _scaled(_left_half),
    "letterbox in pink": _scaled(_pink_letterbox),
    "padding that reflects": _scaled(_reflected),
    "resize slightly larger and crop": _scaled(_crop_of_232),
    "a crop off the centre": _scaled(_off_centre),
    "a blurred square": _scaled(_blurred_square),
    "a blurred crop": _middle(ImageFilter.GaussianBlur(1)),
    "a sharpened crop": _middle(ImageFilter.UnsharpMask(3, 80, 2)),
    "mirrored and blurred": _pillow(lambda image: ImageOps.mirror(image).filter(ImageFilter.GaussianBlur(1))),
    "its own mean and std, cut": _fed(_standardised),
    "tanh": _fed(lambda planes: np.tanh(4 * planes - 2)),
    "gamma 1.1 in float": _fed(lambda planes: (planes**1.1 - 0.45) / 0.23),
    "logarithm of the levels": _fed(lambda planes: np.log(planes + 0.1)),
}
