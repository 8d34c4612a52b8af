"""EfficientNet-Lite0, built from efficientnet_pytorch's classes, which do not know it."""

from __future__ import annotations

from efficientnet_pytorch import EfficientNet
from efficientnet_pytorch.utils import get_model_params
from torch import nn

from lib.inputs.subject import Subject
from lib.networks import efficientnet
from lib.networks.family import Family


class EfficientNetLite0(EfficientNet):
    """EfficientNet-Lite0: B0's blocks without squeeze-and-excite, with ReLU6 for swish.

    Its tensors have the names and shapes of the published Lite0 weights.

    Args:
        image_size: side in pixels that the static padding is computed for; None computes it for each input.
        num_classes: number of logits.
    """

    def __init__(self, image_size: int | None, num_classes: int) -> None:
        blocks, parameters = get_model_params("efficientnet-b0", {"image_size": image_size, "num_classes": num_classes})
        super().__init__([block._replace(se_ratio=None) for block in blocks], parameters)
        for module in (self, *self._blocks):
            module._swish = nn.ReLU6()

    def set_swish(self, memory_efficient: bool = True) -> None:
        """Does nothing: there is no swish here, and the inherited method would put one in the place of ReLU6."""


def _empty(subject: Subject) -> nn.Module:
    return EfficientNetLite0(efficientnet.image_size(subject), len(subject.classes))


FAMILY = Family(
    architectures=("efficientnet-lite0",),
    least=efficientnet.LEAST,
    has_swish=False,
    empty=_empty,
    filled=efficientnet.filled,
    exportable=efficientnet.exportable,
    beginnings=efficientnet.beginnings,
)
