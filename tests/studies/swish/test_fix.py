"""What the fix changes in outputs and gradients."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from lib.studies.swish import fix
from lib.studies.swish.fix import Gradients, fix_evidence, gradient_difference, training_step


def test_the_fix_changes_neither_outputs_nor_gradients(stand_in, batch, rules):
    evidence = fix_evidence(stand_in.model, batch, seed=0)
    assert evidence.logits <= rules["swish.fix-logits"].threshold
    assert evidence.training_logits <= rules["swish.fix-training-logits"].threshold
    assert evidence.gradients <= rules["swish.fix-gradients"].threshold
    assert evidence.parameters == len(list(stand_in.model.parameters())) > 200
    assert evidence.photos == len(batch)
    assert evidence.spread > 1


def test_a_wrong_activation_would_be_noticed(stand_in, batch, rules, monkeypatch):
    # the same comparison with a fix that is none: hard-swish in the place of swish
    def wrong(model, memory_efficient):
        changed = copy.deepcopy(model).eval()
        if not memory_efficient:
            for module in (changed, *changed._blocks):
                module._swish = nn.Hardswish()
        return changed

    monkeypatch.setattr(fix, "with_swish", wrong)
    evidence = fix_evidence(stand_in.model, batch, seed=0)
    assert evidence.logits > 100 * rules["swish.fix-logits"].threshold
    assert evidence.gradients > 10 * rules["swish.fix-gradients"].threshold


def test_a_training_step_leaves_the_network_alone_and_draws_from_its_seed(stand_in, batch):
    before = copy.deepcopy(stand_in.model.state_dict())
    first, again, other = (training_step(stand_in.model, batch, seed) for seed in (0, 0, 1))
    assert torch.equal(first.logits, again.logits)
    assert not torch.equal(first.logits, other.logits)
    assert not stand_in.model.training
    assert all(parameter.grad is None for parameter in stand_in.model.parameters())
    assert all(torch.equal(before[name], tensor) for name, tensor in stand_in.model.state_dict().items())


def test_gradients_are_compared_relative_to_the_largest():
    logits = torch.zeros(1, 2)
    a = Gradients(logits, {"large": torch.tensor([8.0, -2.0]), "small": torch.tensor([0.5])})
    b = Gradients(logits, {"large": torch.tensor([8.0, -1.0]), "small": torch.tensor([0.5])})
    assert gradient_difference(a, b) == pytest.approx(1 / 8)
