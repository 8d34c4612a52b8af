"""The reference pipeline: PyTorch's, with the preprocessing that the subject states.

Written on its own and not on :mod:`lib.deploy`, so that comparing the two compares two things. The tests hold its
preprocessing to torchvision's own transforms.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import nn

from lib.deploy import Contract, Pipeline


def pipeline(model: nn.Module, contract: Contract) -> Pipeline:
    """PyTorch's pipeline for ``model`` with ``contract``; stages and values as in :class:`lib.deploy.Pipeline`."""
    return Pipeline(decode, _resize(contract), _normalise(contract), infer(model), score)


def decode(data: bytes) -> Image.Image:
    """As torchvision's image folders read a photo (``Image.open`` and ``convert``), turned upright by its EXIF orientation."""
    with Image.open(io.BytesIO(data)) as image, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of Pillow, where it drops transparency
        return ImageOps.exif_transpose(image).convert("RGB")


def score(logits: Any) -> NDArray[np.float32]:
    """``torch.softmax`` over classes: (N, classes) in and out."""
    return torch.softmax(torch.from_numpy(np.array(logits)), dim=1).numpy()


def _resize(contract: Contract) -> Callable[[Any], Image.Image]:
    """torchvision's ``Resize(size)``, ``Resize(size)`` with ``CenterCrop(crop)``, or ``Resize((size, size))``."""
    size, crop = contract.size, contract.crop
    resample = Image.Resampling[contract.filter.upper()]

    def resize(picture: Any) -> Image.Image:
        image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        if contract.rule == "squash":
            return image.resize((size, size), resample)
        short, long = sorted(image.size)
        scaled = int(size * long / short)
        image = image.resize((size, scaled) if image.width <= image.height else (scaled, size), resample)
        if crop is not None:
            top, left = (round((side - crop) / 2.0) for side in (image.height, image.width))
            image = image.crop((left, top, left + crop, top + crop))
        return image

    return resize


def _normalise(contract: Contract) -> Callable[[Any], NDArray[np.float32]]:
    """torchvision's ``ToTensor`` and ``Normalize(mean, std)``, with a batch axis: float32 (1, 3, H, W)."""
    mean, std = (torch.tensor(values, dtype=torch.float32).view(3, 1, 1) for values in (contract.mean, contract.std))

    def normalise(picture: Any) -> NDArray[np.float32]:
        pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1).contiguous()
        tensor = pixels.to(torch.float32).div(255).sub_(mean).div_(std)
        return tensor.unsqueeze(0).numpy()

    return normalise


def infer(model: nn.Module) -> Callable[[Any], NDArray[np.float32]]:
    """The module in eager mode, without gradients: logits float32 (N, classes)."""

    def answer(tensor: Any) -> NDArray[np.float32]:
        with torch.inference_mode():
            logits: NDArray[np.float32] = model(torch.from_numpy(np.ascontiguousarray(tensor))).numpy()
        return logits

    return answer
