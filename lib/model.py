"""Subjects as PyTorch modules, built from efficientnet_pytorch's own classes."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import torch
from efficientnet_pytorch import EfficientNet
from efficientnet_pytorch.utils import get_model_params
from torch import Tensor, nn

from lib import photos, weights
from lib.deploy import BadInput
from lib.subject import Subject

UPSTREAM_CLASSES = 1000
# exp(-3) / (1 + exp(-3)) below 1: the gate of a near-neutral squeeze-and-excite passes 95 % of every channel.
SQUEEZE_EXCITE_BIAS = 3.0
SQUEEZE_EXCITE_SPREAD = 0.1


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


def build(subject: Subject, weights_path: Path) -> EfficientNet:
    """The subject's network with its weights, in evaluation mode.

    Args:
        subject: what to build.
        weights_path: a file that :func:`lib.weights.locate` gave.

    Returns:
        A module from float32 (N, 3, H, W) to logits float32 (N, classes), with memory-efficient swish where it has swish.

    Raises:
        BadInput: the file is not a state dict of this architecture with this number of classes.
    """
    tensors = weights.read(weights_path)
    model = _empty(subject)
    if subject.weights.stand_in:
        return _stand_in(model, subject, tensors)
    _check_tensors(model, tensors, weights_path, subject)
    if subject.weights.url is not None and type(model) is EfficientNet and len(subject.classes) == UPSTREAM_CLASSES:
        # Upstream's releases are loaded by upstream's own function. Other files are not: it knows no Lite, and it leaves the
        # classifier's weights out, random, when there are not exactly 1,000 classes.
        with contextlib.redirect_stdout(io.StringIO()):
            model = EfficientNet.from_pretrained(
                subject.architecture,
                weights_path=str(weights_path),
                num_classes=len(subject.classes),
                image_size=_image_size(subject),
            )
    else:
        model.load_state_dict(tensors, strict=True)
    return model.eval()


def _empty(subject: Subject) -> EfficientNet:
    image_size, classes = _image_size(subject), len(subject.classes)
    if subject.architecture == "efficientnet-lite0":
        return EfficientNetLite0(image_size, classes)
    return EfficientNet.from_name(subject.architecture, image_size=image_size, num_classes=classes)


def _image_size(subject: Subject) -> int | None:
    """efficientnet_pytorch pads for each input where it is told no size."""
    return subject.image_size if subject.padding == "static" else None


def _check_tensors(model: nn.Module, tensors: dict[str, Tensor], path: Path, subject: Subject) -> None:
    expected = model.state_dict()
    head = tensors.get("_fc.weight")
    if head is not None and head.ndim == 2 and head.shape[0] != len(subject.classes):
        raise BadInput(
            f"{path}: the weights are for {head.shape[0]} classes (tensor '_fc.weight'), "
            f"but field 'count' of [classes] in {subject.path} says {len(subject.classes)}"
        )
    for kind, names in (("misses", expected.keys() - tensors.keys()), ("has surplus", tensors.keys() - expected.keys())):
        if names:
            raise BadInput(
                f"{path}: {kind} {len(names)} tensor{'s' * (len(names) > 1)}, the first is '{min(names)}'; "
                f"field 'architecture' in {subject.path} says {subject.architecture}"
            )
    for name, tensor in expected.items():
        if tensors[name].shape != tensor.shape:
            raise BadInput(
                f"{path}: tensor '{name}' has shape {tuple(tensors[name].shape)}, but {tuple(tensor.shape)} in "
                f"{subject.architecture}, which field 'architecture' in {subject.path} names"
            )


def _stand_in(model: EfficientNet, subject: Subject, tensors: dict[str, Tensor]) -> EfficientNet:
    """Fit Lite0's tensors to an architecture with squeeze-and-excite and swish.

    Freshly initialised weights would prove nothing: their logits hardly move with the input, so every comparison passes.
    Batch-norm statistics recalibrated on real photos make the network sensitive to its input.
    """
    missing = model.load_state_dict(tensors, strict=False).missing_keys
    if not missing or not all("._se_" in name for name in missing):
        raise BadInput(f"{subject.path}: [weights] stand_in takes Lite0's weights for efficientnet-b0, and nothing else")
    generator = torch.Generator().manual_seed(0)
    state = model.state_dict()
    with torch.no_grad():
        for name in missing:
            if name.endswith("weight"):
                state[name].normal_(0, SQUEEZE_EXCITE_SPREAD, generator=generator)
            else:
                state[name].fill_(SQUEEZE_EXCITE_BIAS if "_se_expand" in name else 0)
    _recalibrate(model.eval(), torch.from_numpy(photos.square_batch(photos.load().readable, subject.contract)))
    return model


def _recalibrate(model: nn.Module, batch: Tensor) -> None:
    """Replace every batch-norm's running statistics by those of ``batch``, leaving dropout and stochastic depth off."""
    layers = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.momentum = 1.0
        layer.train()
    with torch.no_grad():
        model(batch)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
        layer.eval()
