"""Deployments that read one rare way of encoding a photo wrongly, and all others rightly."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.gate.deployed import Planted, factories
from lib.gate.faults.realistic import sniff
from lib.gate.faults.realistic.sniff import of_bytes, opened

_BASELINE = (0xC0, 0xC1)  # JPEGs of one scan
_GREY, _GREY_ALPHA, _RGB_ALPHA = 0, 4, 6  # colour types of PNG
_PREDICTOR, _TILE_WIDTH, _TILE_HEIGHT = 317, 322, 323  # tags of TIFF
_BITFIELDS = 3  # BMP whose masks are stated
NEUTRAL = 128


def _sampled(across: int, down: int) -> Any:
    """Colour JPEGs whose brightness is sampled so much more often than their colours."""
    return lambda data: sniff.frame(data)[1] == [(across, down), (1, 1), (1, 1)]


def _colours(right: Image.Image, reduced: tuple[int, int], width: int, height: int) -> Image.Image:
    """Planes of colours, reduced as in the file, whose bytes are taken for a plane of another width and height."""
    light, *planes = right.convert("YCbCr").split()
    read = []
    for plane in planes:
        stored = np.asarray(plane.reduce(reduced)).ravel()[: width * height]
        filled = np.pad(stored, (0, width * height - len(stored)), constant_values=NEUTRAL)
        read.append(Image.fromarray(filled.reshape(height, width)).resize(right.size))
    return Image.merge("YCbCr", (light, *read)).convert("RGB")


def _as_422(reduced: tuple[int, int]) -> Any:
    return lambda _, right: _colours(right, reduced, (right.width + 1) // 2, right.height)


def _restarted(data: bytes) -> bool:
    return sniff.restarts(data) > 0 and sniff.frame(data)[0] in _BASELINE


def _without_restarts(data: bytes, right: Image.Image) -> Image.Image:
    """Brightness goes on from that of the last block before each restart, where it has to begin at grey."""
    sampled = sniff.frame(data)[1]
    across, down = (8 * max(each) for each in zip(*sampled, strict=True)) if len(sampled) > 1 else (8, 8)
    light, *colours = right.convert("YCbCr").split()
    levels = np.asarray(light).astype(np.int64)
    height, width = levels.shape
    blocks = np.pad(levels, ((0, -height % down), (0, -width % across)), mode="edge")
    rows, columns = blocks.shape[0] // down, blocks.shape[1] // across
    means = blocks.reshape(rows, down, columns, across).mean(axis=(1, 3)).ravel()
    interval = sniff.restarts(data)
    carried = np.concatenate([[0], np.cumsum(means[interval - 1 :: interval] - NEUTRAL)])
    offsets = carried[np.arange(rows * columns) // interval].reshape(rows, columns)
    drifted = levels + offsets.repeat(down, axis=0).repeat(across, axis=1)[:height, :width]
    planes = (Image.fromarray(np.clip(drifted, 0, 255).astype(np.uint8)), *colours)
    return Image.merge("YCbCr", planes).convert("RGB")


def _not_square(data: bytes) -> bool:
    across, down = sniff.density(data)
    return across != down and across < 10 * down and down < 10 * across


def _made_square(data: bytes, right: Image.Image) -> Image.Image:
    across, down = sniff.density(data)
    return right.resize((max(1, round(right.width * down / across)), right.height))


def _thumbnail(data: bytes, right: Image.Image) -> Image.Image:
    """Turned as the photo is."""
    small = sniff.thumbnail(data) or right
    lying = (small.width > small.height, right.width > right.height)
    return small.transpose(Image.Transpose.ROTATE_270) if lying[0] != lying[1] else small


def _third_pass(_: bytes, right: Image.Image) -> NDArray[Any]:
    """Of seven passes; each pixel of it stands for sixteen."""
    return sniff.repeated(np.asarray(right), 4)


def _few_bits(data: bytes) -> bool:
    return sniff.png(data)[:2] in ((2, _GREY), (4, _GREY))


def _not_stretched(data: bytes, right: Image.Image) -> NDArray[Any]:
    return np.asarray(right) // (255 // ((1 << sniff.png(data)[0]) - 1))


def _deep_alpha(data: bytes) -> bool:
    return sniff.png(data)[:2] in ((16, _GREY_ALPHA), (16, _RGB_ALPHA))


def _saturated(data: bytes, _: Image.Image) -> NDArray[Any]:
    """Levels above 255 made 255, where their high byte counts."""
    deep = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))
    return np.minimum(deep[:, :, 2::-1], 255).astype(np.uint8)


def _exif_last(data: bytes) -> bool:
    kinds = [kind for kind, _ in sniff.chunks(data)]
    return b"eXIf" in kinds and b"IDAT" in kinds and kinds.index(b"eXIf") > kinds.index(b"IDAT")


def _not_turned(data: bytes, _: Image.Image) -> Image.Image:
    return opened(data).convert("RGB")


def _tiles(data: bytes) -> tuple[int, int]:
    return sniff.tiff_tag(data, _TILE_WIDTH), sniff.tiff_tag(data, _TILE_HEIGHT)


def _columns_first(data: bytes, right: Image.Image) -> Image.Image:
    """Tiles, stored row by row, laid column by column."""
    width, height = _tiles(data)
    boxes = [(left, top) for top in range(0, right.height, height) for left in range(0, right.width, width)]
    laid = Image.new("RGB", right.size)
    for (left, top), place in zip(boxes, sorted(boxes), strict=True):
        laid.paste(right.crop((left, top, left + width, top + height)), place)
    return laid


def _differences(_: bytes, right: Image.Image) -> NDArray[Any]:
    """What the file holds: each pixel less the one before, which nobody adds up."""
    pixels = np.asarray(right)
    return np.diff(pixels, axis=1, prepend=np.zeros_like(pixels[:, :1]))


def _sixteen_bits(data: bytes) -> bool:
    return data.startswith(b"BM") and int.from_bytes(data[28:30], "little") == 16


def _other_masks(data: bytes, right: Image.Image) -> NDArray[Any]:
    """Green of six bits taken for one of five, and the other way round."""
    red, green, blue = np.asarray(right).astype(np.uint16).transpose(2, 0, 1)
    if int.from_bytes(data[30:34], "little") == _BITFIELDS and int.from_bytes(data[58:62], "little") == 0x7E0:
        words = (red >> 3) << 11 | (green >> 2) << 5 | blue >> 3
        bits = [words >> 10 & 31, words >> 5 & 31, words & 31]
    else:
        words = (red >> 3) << 10 | (green >> 3) << 5 | blue >> 3
        bits = [words >> 11, words >> 6 & 31, words & 31]
    return np.stack([each * 255 // 31 for each in bits], axis=2).astype(np.uint8)


def _other_white(data: bytes) -> bool:
    return sniff.maxval(data) not in (0, 255)


def _levels_as_they_are(data: bytes, right: Image.Image) -> NDArray[Any]:
    return np.clip(np.rint(np.asarray(right) / 255.0 * sniff.maxval(data)), 0, 255).astype(np.uint8)


def _box(data: bytes) -> tuple[int, int, int, int]:
    """Where a GIF's first frame lies."""
    tile: Any = opened(data).tile[0]  # type: ignore[attr-defined]
    return tile[1]


def _smaller_frame(data: bytes) -> bool:
    return data.startswith(b"GIF8") and _box(data) != (0, 0, *opened(data).size)


PLANTED: tuple[Planted, ...] = (
    of_bytes("colours of 4:1:1 JPEG read as 4:2:2", _sampled(4, 1), _as_422((4, 1))),
    of_bytes("colours of 4:4:0 JPEG read as 4:2:2", _sampled(1, 2), _as_422((1, 2))),
    of_bytes("restarts of JPEG passed over", _restarted, _without_restarts),
    of_bytes("JPEG of another density across than down made square", _not_square, _made_square),
    of_bytes("the thumbnail in place of the photo", lambda data: sniff.thumbnail(data) is not None, _thumbnail),
    of_bytes("interlaced PNG after its third pass", lambda data: sniff.png(data)[2], _third_pass),
    of_bytes("grey PNG of two or four bits left dark", _few_bits, _not_stretched),
    of_bytes("PNG of 16 bits with alpha saturated", _deep_alpha, _saturated),
    of_bytes("orientation after a PNG's pixels not read", _exif_last, _not_turned),
    of_bytes("tiles of TIFF laid column by column", lambda data: min(_tiles(data)) > 0, _columns_first),
    of_bytes("differences in TIFF not added up", lambda data: sniff.tiff_tag(data, _PREDICTOR) == 2, _differences),
    of_bytes("BMP of 16 bits read by the other masks", _sixteen_bits, _other_masks),
    of_bytes("PPM of another white than 255 not scaled", _other_white, _levels_as_they_are),
    of_bytes("GIF cut to its first frame", _smaller_frame, lambda data, right: right.crop(_box(data))),
)

__getattr__ = factories(PLANTED)
