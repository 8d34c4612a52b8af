"""Exports that are tried: which exporter takes which activation, and whether the file computes the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from efficientnet_pytorch.utils import MemoryEfficientSwish
from torch import Tensor, nn

from lib.deploy.difference import max_abs_difference
from lib.deploy.sessions import open_session
from lib.export import graph
from lib.export.exporter import DEFAULT_OPSET
from lib.export.silence import silenced
from lib.networks.efficientnet import with_swish

FAILURE = "Couldn't export Python operator SwishImplementation"
EFFICIENT, STANDARD = "memory-efficient", "standard"  # the two swishes, as tables name them
# The dynamo exporter is never told of inlining: torch.onnx.export hands autograd_inlining to TorchScript's alone.
WAYS: tuple[tuple[str, bool | None], ...] = (("dynamo", None), ("torchscript", True), ("torchscript", False))
NAMED = 4  # operators that the outcome of an export names, the most frequent ones


@dataclass(frozen=True)
class Attempt:
    """One call of ``torch.onnx.export`` and what came of it.

    Attributes:
        exporter: ``dynamo`` or ``torchscript``.
        inlining: the ``autograd_inlining`` argument; None where it was left at its default.
        what: what was exported.
        error: the exception's type and message, whole, or empty.
        operators: how many nodes of the most frequent operators the file has; empty after an error.
        difference: largest absolute difference between eager PyTorch and ONNX Runtime on one input; NaN after an error.
    """

    exporter: str
    inlining: bool | None
    what: str
    error: str
    operators: dict[str, int]
    difference: float

    @property
    def setting(self) -> str:
        """How inlining was set, in words."""
        return {True: "inlining on", False: "inlining off", None: "default"}[self.inlining]

    @property
    def outcome(self) -> str:
        """The outcome in one line."""
        if self.error:
            return self.error.splitlines()[0]
        return ", ".join(f"{count} {name}" for name, count in self.operators.items())


def attempt(module: nn.Module, example: Tensor, exporter: str, what: str, inlining: bool | None = None) -> Attempt:
    """Export ``module`` and, where that works, run the file in ONNX Runtime on ``example``. Nothing is kept on disk.

    Args:
        module: from one tensor to one tensor.
        example: its input, which is also what the two are compared on.
        exporter: ``dynamo`` or ``torchscript``.
        what: a name for the table.
        inlining: ``autograd_inlining``, or None to leave it out of the call.
    """
    arguments: dict[str, Any] = {"dynamo": exporter == "dynamo", "opset_version": DEFAULT_OPSET}
    if exporter == "dynamo":
        arguments["external_data"] = False
    if inlining is not None:
        arguments["autograd_inlining"] = inlining
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        try:
            with silenced("torch.onnx"):
                torch.onnx.export(module.eval(), (example,), path, **arguments)
        except Exception as error:  # whatever an exporter raises is the finding
            return Attempt(exporter, inlining, what, f"{type(error).__name__}: {error}", {}, float("nan"))
        session = open_session(path)
        got = session.run(None, {session.get_inputs()[0].name: example.numpy()})[0]
        operators = dict(graph.inventory(onnx.load(path)).most_common(NAMED))
    with torch.inference_mode():
        expected = module(example).numpy()
    return Attempt(exporter, inlining, what, "", operators, max_abs_difference(np.asarray(got), expected))


def worst_difference(attempts: Sequence[Attempt]) -> float:
    """The largest difference from eager PyTorch of any file that was written; NaN where one is NaN, or where there is none."""
    differences = [each.difference for each in attempts if not each.error]
    return float(np.max(differences)) if differences else float("nan")


def of_swish(model: nn.Module, example: Tensor) -> tuple[Attempt, ...]:
    """Both swishes, each exported in every one of :data:`WAYS`.

    Args:
        model: a network with swish.
        example: float32 (1, 3, H, W).
    """
    networks = {EFFICIENT: with_swish(model, memory_efficient=True), STANDARD: with_swish(model, memory_efficient=False)}
    return tuple(
        attempt(networks[swish], example, exporter, swish, inlining)
        for (exporter, inlining), swish in product(WAYS, (EFFICIENT, STANDARD))
    )


def as_in_the_article(attempts: Sequence[Attempt]) -> Attempt:
    """The call of the article, as today's torch answers it: TorchScript without inlining, memory-efficient swish."""
    return next(each for each in attempts if (each.exporter, each.inlining, each.what) == ("torchscript", False, EFFICIENT))


class _SquaredReLU(torch.autograd.Function):
    """An activation as a user writes it who wants to save memory: forward and backward by hand."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """relu(x) squared."""
        ctx.save_for_backward(x)
        return x.clamp(min=0) ** 2

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        """Its derivative, 2 relu(x)."""
        return gradient * 2 * ctx.saved_tensors[0].clamp(min=0)


class SquaredReLU(nn.Module):
    """A user's own autograd.Function, called from a module."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape in, the same shape out."""
        return _SquaredReLU.apply(x)


ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "ReLU6": nn.ReLU6,
    "SiLU (standard swish)": nn.SiLU,
    "memory-efficient swish": MemoryEfficientSwish,
    "hard-swish": nn.Hardswish,
    "Mish": nn.Mish,
    "GELU": nn.GELU,
    "own autograd.Function": SquaredReLU,
}


def of_activations() -> tuple[Attempt, ...]:
    """Activations that people meet, each alone in a module, exported in every one of :data:`WAYS`."""
    example = torch.linspace(-6, 6, 97).reshape(1, 97)
    return tuple(
        attempt(make(), example, exporter, name, inlining) for name, make in ACTIVATIONS.items() for exporter, inlining in WAYS
    )
