"""EfficientNet-B0 to B8, by efficientnet_pytorch's own classes."""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Mapping
from pathlib import Path

from efficientnet_pytorch import EfficientNet
from efficientnet_pytorch.utils import Conv2dDynamicSamePadding
from torch import Tensor, nn

from lib.inputs.subject import Subject
from lib.networks.family import Family

UPSTREAM_CLASSES = 1000
LEAST = 32  # pixels: the network halves its input five times


def image_size(subject: Subject) -> int | None:
    """The size to compute padding for: efficientnet_pytorch pads for each input where it is told none."""
    return subject.image_size if subject.padding == "static" else None


def filled(subject: Subject, model: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> nn.Module:
    """The subject's network with the tensors of the file at ``path`` in it.

    Upstream's releases are loaded by upstream's own function. Other files are not: it knows no Lite, and it leaves the
    classifier's weights out, random, when there are not exactly 1,000 classes.
    """
    own = subject.architecture in FAMILY.architectures
    if own and subject.weights.url is not None and len(subject.classes) == UPSTREAM_CLASSES:
        with contextlib.redirect_stdout(io.StringIO()):
            upstream: nn.Module = EfficientNet.from_pretrained(
                subject.architecture,
                weights_path=str(path),
                num_classes=len(subject.classes),
                image_size=image_size(subject),
            )
        return upstream
    model.load_state_dict(tensors, strict=True)
    return model


def with_swish(model: nn.Module, memory_efficient: bool) -> EfficientNet:
    """A copy of a network with one of efficientnet_pytorch's two swishes, in evaluation mode."""
    copied: EfficientNet = copy.deepcopy(model).eval()
    copied.set_swish(memory_efficient=memory_efficient)
    return copied


def exportable(model: nn.Module) -> nn.Module:
    """A copy that every exporter can read: standard swish, and plain convolutions for those that pad for each input.

    The plain ones pad by half a kernel on either side, so that :func:`lib.export.padding.same_upper` can tell them from those
    that need none.
    """
    return with_convolutions(with_swish(model, memory_efficient=False), nn.Conv2d)


def with_convolutions(model: nn.Module, kind: type[nn.Conv2d]) -> nn.Module:
    """A copy of a network with convolutions of a ``kind`` in the place of those that pad for each input."""
    model = copy.deepcopy(model)
    for module in model.modules():
        if isinstance(module, Conv2dDynamicSamePadding):
            height, width = module.kernel_size
            module.__class__ = nn.Conv2d if height == width == 1 else kind  # a kernel of one pads nothing
            module.stride = tuple(module.stride)
            module.padding = (height // 2, width // 2)
    return model


def beginnings(model: EfficientNet) -> dict[str, str]:
    """The module that each block begins with, by the block's name."""
    middle = {f"_blocks.{i}": f"_blocks.{i}" for i in range(len(model._blocks))}
    return {"stem": "_conv_stem", **middle, "head": "_conv_head", "pooling": "_avg_pooling", "logits": "_fc"}


def _empty(subject: Subject) -> nn.Module:
    size, classes = image_size(subject), len(subject.classes)
    made: nn.Module = EfficientNet.from_name(subject.architecture, image_size=size, num_classes=classes)
    return made


FAMILY = Family(
    architectures=tuple(f"efficientnet-b{n}" for n in range(9)),
    least=LEAST,
    has_swish=True,
    empty=_empty,
    filled=filled,
    exportable=exportable,
    beginnings=beginnings,
)
