"""torchvision's own transforms, imported beside a CPU build of torch.

torchvision registers its compiled operators when it is imported, and its wheel's fail to load beside a CPU build of torch.
Its transforms on Pillow images need none of them: they are Python over Pillow and torch. Declaring the two operators that the
import looks for first lets it go through, and what the tests then call is torchvision's real code. Where torchvision is not
installed, the tests that need it are skipped.
"""

from __future__ import annotations

import warnings
from types import ModuleType

import pytest
import torch

from lib.deploy import Contract

# Kept alive: the declarations go when the library object does.
_declared = torch.library.Library("torchvision", "FRAGMENT")


def _transforms() -> ModuleType:
    for name in ("nms", "qnms"):
        if not hasattr(torch.ops.torchvision, name):
            _declared.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchvision warns that its image extension cannot be loaded
        return pytest.importorskip("torchvision.transforms", exc_type=ImportError)


transforms = _transforms()
_FILTERS = {
    "nearest": "NEAREST",
    "box": "BOX",
    "bilinear": "BILINEAR",
    "hamming": "HAMMING",
    "bicubic": "BICUBIC",
    "lanczos": "LANCZOS",
}


def preprocessing(contract: Contract) -> object:
    """The contract written in torchvision's words, from a Pillow image to a float32 (3, H, W) tensor."""
    size = contract.size if contract.rule != "squash" else (contract.size, contract.size)
    steps = [transforms.Resize(size, interpolation=transforms.InterpolationMode[_FILTERS[contract.filter]])]
    if contract.crop is not None:
        steps.append(transforms.CenterCrop(contract.crop))
    steps += [transforms.ToTensor(), transforms.Normalize(contract.mean, contract.std)]
    return transforms.Compose(steps)
