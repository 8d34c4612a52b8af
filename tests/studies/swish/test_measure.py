"""The failure, the fix and what it costs."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lib.studies.swish import measure as swish


@pytest.fixture(scope="module")
def batch(stand_in):
    return swish.example_batch(stand_in)


def test_the_batch_is_bounded_by_pixels(stand_in, batch):
    assert batch.shape == (len(stand_in.photos.readable), 3, 224, 224)
    assert batch.dtype == torch.float32


def test_the_articles_failure_is_reproduced_live(stand_in, batch):
    failure = swish.live_failure(stand_in.model, batch[:1])
    assert swish.FAILURE in failure.error
    assert failure.outcome == f"RuntimeError: ONNX export failed: {swish.FAILURE}"


def test_torchscript_with_inlining_exports_and_agrees(stand_in, batch):
    for memory_efficient in (True, False):
        network = swish.variant(stand_in.model, memory_efficient)
        result = swish.attempt(network, batch[:1], "torchscript", "swish", inlining=True)
        assert result.error == ""
        assert result.difference < 1e-3
        assert result.operators["Sigmoid"] == swish.expected_sigmoids(stand_in.model, batch[:1])


def test_an_own_autograd_function_fails_the_same_way():
    example = torch.linspace(-2, 2, 7).reshape(1, 7)
    failed = swish.attempt(swish.SquaredReLU(), example, "torchscript", "own", inlining=False)
    assert "Couldn't export Python operator _SquaredReLU" in failed.outcome
    inlined = swish.attempt(swish.SquaredReLU(), example, "torchscript", "own", inlining=True)
    assert inlined.error == ""
    assert inlined.difference < 1e-6


def test_the_own_functions_gradient_is_its_derivative():
    x = torch.linspace(-2, 2, 9, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(swish.SquaredReLU(), x)


def test_b0_calls_swish_49_times_and_gates_16(stand_in, batch):
    assert swish.expected_sigmoids(stand_in.model, batch[:1]) == 49 + 16


def test_the_trace_shows_a_call_into_python_before_and_none_after(stand_in, batch):
    before, after = (swish.traced_around_activation(swish.variant(stand_in.model, m), batch[:1]) for m in (True, False))
    assert before == ["aten::batch_norm", "prim::PythonOp SwishImplementation", "aten::pad"]
    assert after == ["aten::batch_norm", "aten::silu", "aten::pad"]


def test_the_fix_changes_neither_outputs_nor_gradients(stand_in, batch):
    evidence = swish.fix_evidence(stand_in.model, batch[:2], seed=0)
    assert evidence.logits < 1e-3
    assert evidence.training_logits < 1e-3
    assert evidence.gradients < 1e-3
    assert evidence.parameters > 200
    assert evidence.movement > 1


def test_a_wrong_activation_would_be_noticed(stand_in, batch, monkeypatch):
    # the same comparison with a fix that is none: hard-swish in the place of swish
    def wrong(model, memory_efficient):
        changed = swish.copy.deepcopy(model).eval()
        if not memory_efficient:
            for module in (changed, *changed._blocks):
                module._swish = nn.Hardswish()
        return changed

    monkeypatch.setattr(swish, "variant", wrong)
    evidence = swish.fix_evidence(stand_in.model, batch[:2], seed=0)
    assert evidence.logits > 0.1
    assert evidence.gradients > 0.01


def test_the_formula_keeps_more_for_the_backward_pass(stand_in, batch):
    kept = swish.training_memory(stand_in.model, batch[:1])
    assert kept["nn.SiLU, the fix"] == kept["memory-efficient"]
    assert kept["x * sigmoid(x)"] > 1.2 * kept["memory-efficient"]


def test_the_head_of_a_long_text_counts_what_is_cut():
    assert swish.head("a\nb\nc\nd", 2) == "a\nb\n[2 more lines]"
    assert swish.head("a\nb", 2) == "a\nb"
