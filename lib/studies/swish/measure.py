"""Why the export of a memory-efficient swish fails, and what the fix costs."""

from __future__ import annotations

import copy
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from efficientnet_pytorch import EfficientNet
from efficientnet_pytorch.utils import MemoryEfficientSwish
from torch import Tensor, nn

from lib.export import graph
from lib.compare.comparison import max_abs_difference
from lib.deploy.sessions import open_session
from lib.export.exporter import DEFAULT_OPSET, EXPORTERS, quiet
from lib.handoff import Handoff
from lib.inputs.photos import square_batch

FAILURE = "Couldn't export Python operator SwishImplementation"


# A training step is tried on as many photos as make up this many pixels: eight at 224 x 224.
TRAINING_PIXELS = 8 * 224 * 224


def example_batch(handoff: Handoff) -> Tensor:
    """The central squares of the first photos, at least one: float32 (N, 3, side, side)."""
    contract = handoff.subject.contract
    count = max(1, TRAINING_PIXELS // (contract.crop or contract.size) ** 2)
    return torch.from_numpy(square_batch(handoff.photos.readable[:count], contract))


@dataclass(frozen=True)
class Attempt:
    """One call of ``torch.onnx.export`` and what came of it.

    Attributes:
        exporter: ``dynamo`` or ``torchscript``.
        inlining: the ``autograd_inlining`` argument; None where it was left at its default.
        what: what was exported.
        error: the exception's type and message, whole, or empty.
        operators: operator counts of the file that was written.
        difference: largest absolute difference between eager PyTorch and ONNX Runtime on one input; NaN after an error.
        seconds: time the export took.
    """

    exporter: str
    inlining: bool | None
    what: str
    error: str
    operators: dict[str, int]
    difference: float
    seconds: float

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
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        try:
            with quiet():
                torch.onnx.export(module.eval(), (example,), path, **arguments)
        except Exception as error:  # whatever an exporter raises is the finding
            message = f"{type(error).__name__}: {error}"
            return Attempt(exporter, inlining, what, message, {}, float("nan"), time.monotonic() - started)
        seconds = time.monotonic() - started
        session = open_session(path)
        got = session.run(None, {session.get_inputs()[0].name: example.numpy()})[0]
        operators = dict(graph.inventory(onnx.load(path)).most_common(4))
    with torch.inference_mode():
        expected = module(example).numpy()
    return Attempt(exporter, inlining, what, "", operators, max_abs_difference(np.asarray(got), expected), seconds)


def worst_difference(attempts: Sequence[Attempt]) -> float:
    """The largest difference from eager PyTorch of any file that was written; NaN where one of them is NaN."""
    return float(np.max([result.difference for result in attempts if not result.error]))


def head(text: str, lines: int) -> str:
    """The first lines of a text, with a count of those left out."""
    every = text.splitlines()
    return "\n".join(every[:lines] + [f"[{len(every) - lines} more lines]"] * (len(every) > lines))


def variant(model: EfficientNet, memory_efficient: bool) -> EfficientNet:
    """A copy of the network with one of the two swishes, in evaluation mode."""
    model = copy.deepcopy(model).eval()
    model.set_swish(memory_efficient=memory_efficient)
    return model


def matrix(model: EfficientNet, example: Tensor) -> list[Attempt]:
    """Every exporter, with and without inlining of autograd functions, on both swishes: eight attempts."""
    return [
        attempt(variant(model, swish == "memory-efficient"), example, exporter, swish, inlining)
        for exporter, inlining, swish in product(EXPORTERS, (True, False), ("memory-efficient", "standard"))
    ]


def live_failure(model: EfficientNet, example: Tensor) -> Attempt:
    """The article's failure, as today's torch still produces it: TorchScript without inlining, memory-efficient swish."""
    return attempt(variant(model, True), example, "torchscript", "memory-efficient", inlining=False)


def traced_around_activation(model: EfficientNet, example: Tensor) -> list[str]:
    """What a tracer sees around the first activation: the operator before, the activation, the operator after.

    For the memory-efficient swish the activation is ``prim::PythonOp``: a call back into Python that no ONNX operator matches.
    """
    with quiet():
        nodes = torch.jit.trace(model, (example,), check_trace=False).inlined_graph.nodes()
        for node in nodes:
            if node.kind() in ("prim::PythonOp", "aten::silu"):
                name = f"{node.kind()} {node.pyname()}" if node.kind() == "prim::PythonOp" else node.kind()
                before = next(node.inputs()).node().kind()
                return [before, name, next(iter(node.output().uses())).user.kind()]
    return []


def written_around_activation(path: Path) -> list[str]:
    """The same place in an exported file: the operators from the one before the first Sigmoid to the one after its product."""
    return graph.around(onnx.load(path), "Sigmoid")


def sigmoids(path: Path) -> int:
    """How many Sigmoid nodes an exported file has."""
    return graph.inventory(onnx.load(path))["Sigmoid"]


@contextmanager
def _counting(model: nn.Module, kind: type[nn.Module]) -> Iterator[list[int]]:
    calls = [0]

    def count(*_: object) -> None:
        calls[0] += 1

    # modules() gives a module that several blocks share only once; each call of it counts.
    hooks = [module.register_forward_hook(count) for module in model.modules() if isinstance(module, kind)]
    try:
        yield calls
    finally:
        for hook in hooks:
            hook.remove()


def expected_sigmoids(model: EfficientNet, example: Tensor) -> int:
    """How many Sigmoid nodes the exported graph should have.

    One for each swish, counted as it is called in an eager run, and one for each squeeze-and-excite gate.
    """
    model = variant(model, True)
    with _counting(model, MemoryEfficientSwish) as calls, torch.inference_mode():
        model(example)
    return calls[0] + sum(block.has_se for block in model._blocks)


@dataclass(frozen=True)
class Gradients:
    """One training step's outputs and gradients.

    Attributes:
        logits: float32 (N, classes).
        gradients: of every parameter, by name.
    """

    logits: Tensor
    gradients: dict[str, Tensor]


def training_step(model: EfficientNet, batch: Tensor, seed: int) -> Gradients:
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
    """What ``set_swish(memory_efficient=False)`` changes.

    Attributes:
        logits: largest absolute difference of logits in evaluation mode.
        training_logits: the same in training mode, dropout and stochastic depth drawn from one seed.
        gradients: largest difference of any parameter's gradient, relative to the largest gradient; no unit.
        parameters: how many parameter tensors were compared.
        photos: how many photos were in the batch.
        movement: smallest distance, over photos, between a photo's logits and those of a plain grey input.
    """

    logits: float
    training_logits: float
    gradients: float
    parameters: int
    photos: int
    movement: float


def fix_evidence(model: EfficientNet, batch: Tensor, seed: int) -> FixEvidence:
    """Outputs and gradients before and after the fix.

    Args:
        model: the network.
        batch: float32 (N, 3, H, W).
        seed: for dropout and stochastic depth.
    """
    before, after = variant(model, memory_efficient=True), variant(model, memory_efficient=False)
    with torch.inference_mode():
        outputs = [network(batch).numpy() for network in (before, after)]
        grey = after(torch.zeros_like(batch[:1])).numpy()
    steps = [training_step(network, batch, seed) for network in (before, after)]
    return FixEvidence(
        logits=max_abs_difference(*outputs),
        training_logits=max_abs_difference(steps[0].logits.numpy(), steps[1].logits.numpy()),
        gradients=gradient_difference(*steps),
        parameters=len(steps[0].gradients),
        photos=len(batch),
        movement=min(max_abs_difference(row[None], grey) for row in outputs[1]),
    )


class FormulaSwish(nn.Module):
    """Swish as its formula reads, ``x * sigmoid(x)``: autograd keeps both factors for the backward pass."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape in, the same shape out."""
        return x * torch.sigmoid(x)


def saved_bytes(model: EfficientNet, activation: Callable[[], nn.Module], batch: Tensor) -> int:
    """Bytes of activations that autograd keeps for the backward pass of one training step, parameters not counted.

    Args:
        model: the network.
        activation: makes the swish to put in the place of every activation.
        batch: float32 (N, 3, H, W).
    """
    model = copy.deepcopy(model).train()
    for module in (model, *model._blocks):
        module._swish = activation()
    parameters = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        address = tensor.untyped_storage().data_ptr()
        if address not in parameters:
            kept[address] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        logits = model(batch)
    total = sum(tensor.untyped_storage().nbytes() for tensor in kept.values())
    del logits
    return total


def training_memory(model: EfficientNet, batch: Tensor) -> dict[str, float]:
    """MiB that autograd keeps for one training step with each of three swishes."""
    swishes = {"memory-efficient": MemoryEfficientSwish, "nn.SiLU, the fix": nn.SiLU, "x * sigmoid(x)": FormulaSwish}
    return {name: saved_bytes(model, swish, batch) / 2**20 for name, swish in swishes.items()}


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


def activation_attempts() -> list[Attempt]:
    """Activations that people meet, each alone in a module, exported in three ways.

    Through the dynamo exporter, and through TorchScript with and without inlining.
    """
    example = torch.linspace(-6, 6, 97).reshape(1, 97)
    return [
        attempt(make(), example, exporter, name, inlining)
        for name, make in ACTIVATIONS.items()
        for exporter, inlining in (("dynamo", None), ("torchscript", True), ("torchscript", False))
    ]
