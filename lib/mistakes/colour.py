"""Mistakes in levels and colour, after a right resize."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lib.compare.view import of_contract
from lib.deploy import Contract
from lib.mistakes.mistake import Mistake, changes
from lib.mistakes.resizers.resizer import to_levels

Pixels = NDArray[np.uint8]


def _truncated(contract: Contract) -> Callable[[Any], Any]:
    def resize(picture: Any) -> Pixels:
        pixels = np.asarray(picture)
        view = of_contract(contract, pixels.shape[1], pixels.shape[0])
        import torch  # a worker of a sweep may have none

        batch = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].float()
        scaled = torch.nn.functional.interpolate(batch, view.scaled[::-1], mode="bilinear", antialias=True)
        left, top, right, bottom = view.window
        return np.ascontiguousarray(scaled[0].permute(1, 2, 0).numpy().astype(np.uint8)[top:bottom, left:right])

    return resize


def _bgr(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, :, ::-1])


def _yuv420(pixels: Pixels) -> Pixels:
    # 4:2:0 keeps one pair of colour values for each 2 x 2 pixels, so an odd last row or column is doubled on the way
    height, width = pixels.shape[:2]
    even = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    back = cv2.cvtColor(cv2.cvtColor(even, cv2.COLOR_RGB2YUV_I420), cv2.COLOR_YUV2RGB_I420)
    return np.ascontiguousarray(back[:height, :width], dtype=np.uint8)


# Rows give luma, blue and red difference of red, green and blue, all in full range 0..255. ITU-R BT.601-7, 2.5.1, which JPEG
# (T.871) takes; ITU-R BT.709-6, 3.2 and 3.3.
_BT601 = np.array([[0.299, 0.587, 0.114], [-0.299 / 1.772, -0.587 / 1.772, 0.5], [0.5, -0.587 / 1.402, -0.114 / 1.402]])
_BT709 = np.array(
    [[0.2126, 0.7152, 0.0722], [-0.2126 / 1.8556, -0.7152 / 1.8556, 0.5], [0.5, -0.7152 / 1.5748, -0.0722 / 1.5748]]
)


def _mixed(written: NDArray[np.float64], read: NDArray[np.float64]) -> Callable[[Pixels], Pixels]:
    """Written by one matrix, and read by another."""
    wrong = (np.linalg.inv(read) @ written).astype(np.float32).T
    return lambda pixels: to_levels(pixels.astype(np.float32) @ wrong)


def _rgb565(pixels: Pixels) -> Pixels:
    # the upper bits are repeated in the lower ones, so that white stays white, as Android's bitmaps do
    expanded = (pixels & 0xF8) | (pixels >> 5)
    expanded[:, :, 1] = (pixels[:, :, 1] & 0xFC) | (pixels[:, :, 1] >> 6)
    return expanded.astype(np.uint8)


_AFTER, AFTER = changes(
    ("BGR", _bgr, "cv2.imread(path)", "OpenCV reads blue first"),
    ("YUV 4:2:0", _yuv420, "cv2.cvtColor(frame, cv2.COLOR_YUV2RGB_I420)", "a video pipeline hands frames on in YUV"),
    (
        "BT.601 read as BT.709",
        _mixed(_BT601, _BT709),
        "sws_setColorspaceDetails(context, sws_getCoefficients(SWS_CS_ITU709), …)",
        "video tools take HD's matrix, and JPEG is written with BT.601's",
    ),
    (
        "BT.709 read as BT.601",
        _mixed(_BT709, _BT601),
        "cv2.cvtColor(frame, cv2.COLOR_YUV2RGB_I420)",
        "an HD camera writes BT.709, and most converters assume BT.601",
    ),
    ("5-6-5 colours", _rgb565, "Bitmap.Config.RGB_565", "half the memory on a phone, and the picture looks the same"),
)

COLOUR = (
    Mistake(
        "truncated levels",
        "resize",
        "scaled.astype(np.uint8)",
        "a cast looks harmless, and cuts where it should round",
        _truncated,
        "torch",
    ),
    *_AFTER,
)
