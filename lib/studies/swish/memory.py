"""What each swish costs in training: the bytes that autograd keeps for the backward pass."""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from efficientnet_pytorch import EfficientNet
from efficientnet_pytorch.utils import MemoryEfficientSwish
from torch import Tensor, nn

EFFICIENT, FIX, FORMULA = "memory-efficient", "nn.SiLU, the fix", "x * sigmoid(x)"


class FormulaSwish(nn.Module):
    """Swish as its formula reads, ``x * sigmoid(x)``: autograd keeps both factors for the backward pass."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape in, the same shape out."""
        return x * torch.sigmoid(x)


SWISHES: dict[str, Callable[[], nn.Module]] = {EFFICIENT: MemoryEfficientSwish, FIX: nn.SiLU, FORMULA: FormulaSwish}


def training_memory(model: nn.Module, batch: Tensor) -> dict[str, float]:
    """MiB that autograd keeps for one training step, by swish: each of :data:`SWISHES`.

    The step is run on torch's device ``meta``, on which tensors have a shape and no values. What autograd keeps does not depend
    on values, and nothing has to be computed or to fit into memory.

    Args:
        model: the network.
        batch: float32 (N, 3, H, W), of which only the shape counts.
    """
    return {name: saved_bytes(model, swish, batch, "meta") / 2**20 for name, swish in SWISHES.items()}


def saved_bytes(model: nn.Module, activation: Callable[[], nn.Module], batch: Tensor, device: str) -> int:
    """Bytes of activations that autograd keeps for the backward pass of one training step, parameters not counted.

    Args:
        model: the network, of which a copy is used.
        activation: makes the swish to put in the place of every activation.
        batch: float32 (N, 3, H, W).
        device: where the step is run.
    """
    trained: EfficientNet = copy.deepcopy(model).train().to(device)
    for module in (trained, *trained._blocks):
        module._swish = activation()
    parameters = {_storage(parameter) for parameter in trained.parameters()}
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        if _storage(tensor) not in parameters:
            kept[_storage(tensor)] = tensor  # held, so that no other storage takes its place
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        logits = trained(batch.to(device))
    total = sum(tensor.untyped_storage().nbytes() for tensor in kept.values())
    del logits
    return total


def _storage(tensor: Tensor) -> int:
    """Which storage a tensor is in. On the device ``meta`` storages have no address, so it is the storage object's own."""
    return int(tensor.untyped_storage()._cdata)
