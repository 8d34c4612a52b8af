"""Borrowed weights that behave like real ones."""

from __future__ import annotations

import pytest
import torch

from lib.deploy import BadInput
from lib.deploy.difference import max_abs_difference
from tests.conftest import built, edited


def test_the_stand_in_is_b0_with_swish_and_squeeze_and_excite(stand_in):
    assert all(block.has_se for block in stand_in.model._blocks)
    assert stand_in.model.state_dict().keys() == built("b0-stand-in").state_dict().keys()


def test_the_stand_in_is_sensitive_to_its_input(stand_in):
    logits = [stand_in.reference.trace(photo.data).infer for photo in stand_in.photos.readable]
    closest = min(max_abs_difference(a, b) for i, a in enumerate(logits) for b in logits[:i])
    assert closest > 1


def test_the_stand_in_is_the_same_however_many_threads_make_it():
    made, threads = [], torch.get_num_threads()
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            made.append(built("b0-stand-in").state_dict())
            assert torch.get_num_threads() == count
    finally:
        torch.set_num_threads(threads)
    for name, tensor in made[0].items():
        assert torch.equal(made[1][name], tensor), name


def test_a_stand_in_of_another_architecture_is_refused(own_subject):
    name = edited(own_subject, 'file = "mine.pth"', 'file = "mine.pth"\nstand_in = true')
    with pytest.raises(BadInput, match="stand_in takes Lite0's weights"):
        built(name)


def test_a_stand_in_of_tensors_of_another_shape_is_refused(own_subject):
    edited(own_subject, 'file = "mine.pth"', 'file = "mine.pth"\nstand_in = true')
    name = edited(own_subject, 'count = 3\nnames = ["cup", "cat", "car"]', 'count = 1\nnames = ["cup"]')
    with pytest.raises(BadInput, match="stand_in takes Lite0's weights"):
        built(name)
