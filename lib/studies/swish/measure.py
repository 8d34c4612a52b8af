"""The failed export, its fix and what that costs, measured on the network of the story."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import onnx
import torch
from efficientnet_pytorch.utils import MemoryEfficientSwish
from torch import Tensor, nn

from lib.compare.spread import in_tolerances
from lib.export import graph
from lib.export.silence import silenced
from lib.handoff import Handoff
from lib.inputs.photos import square_batch
from lib.networks.efficientnet import with_swish
from lib.policy import Policy
from lib.studies.swish import attempts, memory
from lib.studies.swish.attempts import Attempt
from lib.studies.swish.fix import FixEvidence, fix_evidence

# A training step is tried on as many photos as make up this many pixels: eight at 224 x 224.
TRAINING_PIXELS = 8 * 224 * 224

TRACED_EFFICIENT, TRACED_STANDARD, WRITTEN = "traced, memory-efficient swish", "traced, standard swish", "written to ONNX"


@dataclass(frozen=True)
class Study:
    """What was measured.

    Attributes:
        attempts: every way to export the network, with either swish.
        chains: the operators around the first activation, by graph: :data:`TRACED_EFFICIENT`, :data:`TRACED_STANDARD` and
            :data:`WRITTEN`.
        sigmoids: how many Sigmoid nodes the exported file has.
        sigmoids_called: how many an eager run calls.
        fix: what the fix changes in outputs and gradients.
        spread: how far the middle photo's logits are from the mean of all, in times of what the fix may change them by.
        memory: MiB that autograd keeps for one training step, by swish, as :func:`lib.studies.swish.memory.training_memory`
            gives it.
        memory_allowed: what the fix may keep, in times of what memory-efficient swish keeps.
        activations: ways to export other activations.
    """

    attempts: tuple[Attempt, ...]
    chains: Mapping[str, list[str]]
    sigmoids: int
    sigmoids_called: int
    fix: FixEvidence
    spread: float
    memory: Mapping[str, float]
    memory_allowed: float
    activations: tuple[Attempt, ...]

    @property
    def failure(self) -> Attempt:
        """The call that failed in the article."""
        return attempts.as_in_the_article(self.attempts)

    @property
    def standard(self) -> list[Attempt]:
        """The attempts with the standard swish, which is the fix."""
        return [each for each in self.attempts if each.what == attempts.STANDARD]

    @property
    def failing(self) -> int:
        """How many ways to export the standard swish fail."""
        return sum(bool(each.error) for each in self.standard)

    @property
    def exported(self) -> list[Attempt]:
        """The attempts that wrote a file."""
        return [each for each in self.attempts if not each.error]

    @property
    def sigmoid_difference(self) -> int:
        """How many Sigmoid nodes the file has more or fewer than an eager run calls."""
        return abs(self.sigmoids - self.sigmoids_called)

    @property
    def python_calls(self) -> int:
        """Calls into Python that the tracer sees around the first activation after the fix."""
        return sum("PythonOp" in name for name in self.chains[TRACED_STANDARD])

    @property
    def memory_ratio(self) -> float:
        """What the fix keeps in training, in times of what memory-efficient swish keeps."""
        return self.memory[memory.FIX] / self.memory[memory.EFFICIENT]


def measured(handoff: Handoff, rules: Policy, seed: int) -> Study:
    """Everything that the notebook shows.

    Args:
        handoff: whose network has swish.
        rules: the policy.
        seed: for dropout and stochastic depth in the training steps that are compared.
    """
    batch = example_batch(handoff)
    example = batch[:1]
    tried = attempts.of_swish(handoff.model, example)
    written = onnx.load(handoff.onnx_path)
    fix = fix_evidence(handoff.model, batch, seed)
    return Study(
        attempts=tried,
        chains={
            TRACED_EFFICIENT: traced_around_activation(with_swish(handoff.model, memory_efficient=True), example),
            TRACED_STANDARD: traced_around_activation(with_swish(handoff.model, memory_efficient=False), example),
            WRITTEN: graph.around(written, "Sigmoid"),
        },
        sigmoids=graph.inventory(written)["Sigmoid"],
        sigmoids_called=expected_sigmoids(handoff.model, example),
        fix=fix,
        spread=in_tolerances(fix.spread, rules["swish.fix-logits"].threshold),
        memory=memory.training_memory(handoff.model, batch),
        memory_allowed=rules["swish.memory"].threshold,
        activations=attempts.of_activations(),
    )


def example_batch(handoff: Handoff) -> Tensor:
    """The central squares of the first photos, at least one, of :data:`TRAINING_PIXELS` at most: float32 (N, 3, side, side)."""
    contract = handoff.subject.contract
    count = max(1, TRAINING_PIXELS // (contract.crop or contract.size) ** 2)
    return torch.from_numpy(square_batch(handoff.photos.readable[:count], contract))


def traced_around_activation(model: nn.Module, example: Tensor) -> list[str]:
    """What a tracer sees around the first activation: the operator before, the activation, the operator after.

    For the memory-efficient swish the activation is ``prim::PythonOp``: a call back into Python that no ONNX operator matches.
    """
    with silenced("torch.onnx"):
        nodes = torch.jit.trace(model, (example,), check_trace=False).inlined_graph.nodes()
        for node in nodes:
            if node.kind() in ("prim::PythonOp", "aten::silu"):
                name = f"{node.kind()} {node.pyname()}" if node.kind() == "prim::PythonOp" else node.kind()
                before = next(node.inputs()).node().kind()
                return [before, name, next(iter(node.output().uses())).user.kind()]
    return []


def expected_sigmoids(model: nn.Module, example: Tensor) -> int:
    """How many Sigmoid nodes the exported graph should have.

    One for each swish, counted as it is called in an eager run, and one for each squeeze-and-excite gate.
    """
    efficient = with_swish(model, memory_efficient=True)
    with _counting(efficient, MemoryEfficientSwish) as calls, torch.inference_mode():
        efficient(example)
    return calls[0] + sum(block.has_se for block in efficient._blocks)


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
