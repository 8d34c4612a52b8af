"""Mistakes in levels and colour, after a right resize."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from lib.compare.view import of_contract
from lib.deploy import Contract
from lib.deploy.stages import preprocessing
from lib.mistakes.mistake import Mistake

Pixels = NDArray[np.uint8]


def _after(change: Callable[[Pixels], Pixels]) -> Callable[[Contract], Callable[[Any], Any]]:
    def make(contract: Contract) -> Callable[[Any], Any]:
        resize, _ = preprocessing(contract)
        return lambda picture: change(np.asarray(resize(picture)))

    return make


def _truncated(contract: Contract) -> Callable[[Any], Any]:
    def resize(picture: Any) -> Pixels:
        pixels = np.asarray(picture)
        view = of_contract(contract, pixels.shape[1], pixels.shape[0])
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


# Changes to a finished picture, by the mistake's name: they can follow any resize.
AFTER: dict[str, Callable[[Pixels], Pixels]] = {"BGR": _bgr, "YUV 4:2:0": _yuv420}

COLOUR = (
    Mistake(
        "truncated levels",
        "resize",
        "scaled.astype(np.uint8)",
        "a cast looks harmless, and cuts where it should round",
        _truncated,
    ),
    Mistake("BGR", "resize", "cv2.imread(path)", "OpenCV reads blue first", _after(AFTER["BGR"])),
    Mistake(
        "YUV 4:2:0",
        "resize",
        "cv2.cvtColor(frame, cv2.COLOR_YUV2RGB_I420)",
        "a video pipeline hands frames on in YUV",
        _after(AFTER["YUV 4:2:0"]),
    ),
)
