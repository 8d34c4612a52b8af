"""Borrowed weights for an architecture whose own cannot be had."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from lib.deploy import BadInput
from lib.inputs import photos
from lib.inputs.subject import Subject

# exp(-3) / (1 + exp(-3)) below 1: the gate of a near-neutral squeeze-and-excite passes 95 % of every channel.
SQUEEZE_EXCITE_BIAS = 3.0
SQUEEZE_EXCITE_SPREAD = 0.1


def filled(subject: Subject, model: nn.Module, tensors: Mapping[str, Tensor]) -> nn.Module:
    """Fit Lite0's tensors to an architecture with squeeze-and-excite and swish; the network in evaluation mode.

    Freshly initialised weights would prove nothing: their logits hardly move with the input, so every comparison passes.
    Batch-norm statistics recalibrated on real photos make the network sensitive to its input.
    """
    try:
        missing = model.load_state_dict(tensors, strict=False).missing_keys
    except RuntimeError:  # of another shape
        missing = []
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
    """Replace every batch-norm's running statistics by those of ``batch``, leaving dropout and stochastic depth off.

    In one thread: more of them add in another order, and a file exported under one number would be held against a network
    made under another.
    """
    layers = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.momentum = 1.0
        layer.train()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.no_grad():
            model(batch)
    finally:
        torch.set_num_threads(threads)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
        layer.eval()
