"""What ``set_swish(memory_efficient=False)`` changes in outputs and gradients."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lib.compare.spread import spread
from lib.deploy.difference import max_abs_difference
from lib.networks.efficientnet import with_swish


@dataclass(frozen=True)
class Gradients:
    """One training step's outputs and gradients.

    Attributes:
        logits: float32 (N, classes).
        gradients: of every parameter, by name.
    """

    logits: Tensor
    gradients: dict[str, Tensor]


def training_step(model: nn.Module, batch: Tensor, seed: int) -> Gradients:
    """Forward in training mode and backward of the cross-entropy to the likeliest class, on a copy of the model.

    Args:
        model: with the swish to be tried.
        batch: float32 (N, 3, H, W).
        seed: for dropout and stochastic depth, so that two models drop the same things.
    """
    model = copy.deepcopy(model).train()
    torch.manual_seed(seed)
    logits = model(batch)
    nn.functional.cross_entropy(logits, logits.argmax(dim=1)).backward()
    gradients = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    return Gradients(logits.detach(), gradients)


def gradient_difference(a: Gradients, b: Gradients) -> float:
    """Largest absolute difference of two steps' gradients, relative to the largest gradient: a number without unit."""
    largest = max(float(gradient.abs().max()) for gradient in a.gradients.values())
    difference = max(float((gradient - b.gradients[name]).abs().max()) for name, gradient in a.gradients.items())
    return difference / largest


@dataclass(frozen=True)
class FixEvidence:
    """What the fix changes.

    Attributes:
        logits: largest absolute difference of logits in evaluation mode.
        training_logits: the same in training mode, dropout and stochastic depth drawn from one seed.
        gradients: largest difference of any parameter's gradient, relative to the largest gradient; no unit.
        parameters: how many parameter tensors were compared.
        photos: how many photos were in the batch.
        spread: how far the logits of the middle photo are from the mean of all, in logits.
    """

    logits: float
    training_logits: float
    gradients: float
    parameters: int
    photos: int
    spread: float


def fix_evidence(model: nn.Module, batch: Tensor, seed: int) -> FixEvidence:
    """Outputs and gradients before and after the fix.

    Args:
        model: the network.
        batch: float32 (N, 3, H, W).
        seed: for dropout and stochastic depth.
    """
    before, after = with_swish(model, memory_efficient=True), with_swish(model, memory_efficient=False)
    with torch.inference_mode():
        outputs = [network(batch).numpy() for network in (before, after)]
        moved = spread(outputs[0], lambda: before(torch.zeros_like(batch[:1])).numpy())
    steps = [training_step(network, batch, seed) for network in (before, after)]
    return FixEvidence(
        logits=max_abs_difference(*outputs),
        training_logits=max_abs_difference(steps[0].logits.numpy(), steps[1].logits.numpy()),
        gradients=gradient_difference(*steps),
        parameters=len(steps[0].gradients),
        photos=len(batch),
        spread=moved,
    )
