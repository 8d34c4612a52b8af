"""Which part of a photo the network is shown, and how large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.deploy import Contract
from lib.deploy.stages import Resize


@dataclass(frozen=True)
class View:
    """The whole photo is scaled, and a window of the result is the network's input.

    Attributes:
        scaled: width and height in pixels that the whole photo is scaled to.
        window: left, top, right, bottom in pixels of the scaled photo; what lies outside of it is black.
    """

    scaled: tuple[int, int]
    window: tuple[int, int, int, int]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the network's input in pixels."""
        left, top, right, bottom = self.window
        return right - left, bottom - top

    def render(self, image: Image.Image, kernel: Image.Resampling) -> Image.Image:
        """The network's input picture."""
        scaled = image.resize(self.scaled, kernel)
        return scaled if self.window == (0, 0, *self.scaled) else scaled.crop(self.window)

    def in_photo(self, rendered: NDArray[Any], width: int, height: int) -> NDArray[np.float64]:
        """What the network was shown, put back where it came from, so that different views can be compared.

        Args:
            rendered: (h, w, ...), as :meth:`render` or a map over it.
            width: of the grid over the photo.
            height: of the grid over the photo.

        Returns:
            float64 (height, width, ...) over the whole photo; NaN where the network was shown nothing of it.
        """
        left, top, right, bottom = self.window
        columns = np.floor((np.arange(width) + 0.5) / width * self.scaled[0]).astype(int) - left
        rows = np.floor((np.arange(height) + 0.5) / height * self.scaled[1]).astype(int) - top
        seen = ((rows >= 0) & (rows < bottom - top))[:, None] & ((columns >= 0) & (columns < right - left))[None]
        picked = rendered[np.clip(rows, 0, bottom - top - 1)][:, np.clip(columns, 0, right - left - 1)].astype(np.float64)
        picked[~seen] = np.nan
        return picked


def densest(values: NDArray[np.float64], height: int, width: int) -> tuple[slice, slice]:
    """The window over which ``values``, (rows, columns), sum highest: its rows and its columns.

    It is ``height`` x ``width``, or as much of that as fits.
    """
    height, width = min(height, values.shape[0]), min(width, values.shape[1])
    sums = np.pad(values.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    windows = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    top, left = (int(i) for i in np.unravel_index(windows.argmax(), windows.shape))
    return slice(top, top + height), slice(left, left + width)


def denormalised(tensor: NDArray[Any], contract: Contract) -> NDArray[np.float64]:
    """What the network takes its input for: a normalised tensor with the reference's normalisation undone.

    Args:
        tensor: (3, h, w), in units of std.
        contract: whose mean and std.

    Returns:
        Levels, float64 (3, h, w); below 0 or above 255 where the tensor was normalised in another way.
    """
    mean, std = (np.array(values).reshape(3, 1, 1) for values in (contract.mean, contract.std))
    levels: NDArray[np.float64] = (tensor.astype(np.float64) * std + mean) * 255
    return levels


def shown(tensor: NDArray[Any], contract: Contract) -> NDArray[np.uint8]:
    """The network's input, (1, 3, h, w), as a picture: :func:`denormalised`, uint8 (h, w, 3)."""
    return np.clip(np.rint(denormalised(tensor[0], contract)), 0, 255).astype(np.uint8).transpose(1, 2, 0)


def of_contract(contract: Contract, width: int, height: int) -> View:
    """The view that a contract gives of a photo of ``width`` x ``height`` pixels."""
    scaled = Resize(contract.size, contract.rule, contract.filter).target(width, height)
    return whole(scaled) if contract.crop is None else centred(scaled, contract.crop)


def whole(scaled: tuple[int, int]) -> View:
    """All of the photo."""
    return View(scaled, (0, 0, *scaled))


def centred(scaled: tuple[int, int], side: int) -> View:
    """The central square of the scaled photo, where torchvision's CenterCrop takes it."""
    left, top = (round((length - side) / 2) for length in scaled)
    return View(scaled, (left, top, left + side, top + side))
