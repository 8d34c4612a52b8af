"""What autograd keeps for the backward pass."""

from __future__ import annotations

import copy

import pytest
import torch

from lib.studies.swish.memory import EFFICIENT, FIX, FORMULA, SWISHES, FormulaSwish, saved_bytes, training_memory


def test_the_formula_keeps_more_for_the_backward_pass(stand_in, batch):
    kept = training_memory(stand_in.model, batch[:1])
    assert kept[FIX] == kept[EFFICIENT]
    assert kept[FORMULA] > 1.2 * kept[EFFICIENT]


@pytest.mark.parametrize("name", SWISHES)
def test_shapes_alone_tell_what_a_real_step_keeps(stand_in, batch, name):
    small = batch[:, :, :64, :96]
    real, shapes = (saved_bytes(stand_in.model, SWISHES[name], small, device) for device in ("cpu", "meta"))
    assert real == shapes > 0


def test_it_grows_with_the_batch_and_is_given_in_mib(stand_in, batch):
    one, two = (training_memory(stand_in.model, batch[:n]) for n in (1, 2))
    assert one[FIX] == saved_bytes(stand_in.model, SWISHES[FIX], batch[:1], "cpu") / 2**20
    assert two[FIX] == pytest.approx(2 * one[FIX], rel=0.01)


def test_the_network_is_left_alone(stand_in, batch):
    before = copy.deepcopy(stand_in.model.state_dict())
    training_memory(stand_in.model, batch[:1])
    assert not stand_in.model.training
    assert all(torch.equal(before[name], tensor) for name, tensor in stand_in.model.state_dict().items())


def test_the_formula_is_swish():
    x = torch.linspace(-4, 4, 9)
    torch.testing.assert_close(FormulaSwish()(x), torch.nn.functional.silu(x))
