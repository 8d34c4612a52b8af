"""The failure, the fix and what it costs."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from lib.inputs.photos import Photo, Photos
from lib.networks.efficientnet import with_swish
from lib.studies.swish import attempts, measure
from lib.studies.swish.measure import TRACED_EFFICIENT, TRACED_STANDARD, TRAINING_PIXELS, WRITTEN, example_batch
from tests.conftest import encoded, picture


def test_the_batch_has_every_photo_of_few(stand_in):
    batch = example_batch(stand_in)
    assert batch.shape == (len(stand_in.photos.readable), 3, 224, 224)
    assert batch.dtype == torch.float32


@pytest.mark.parametrize(("size", "count"), [(224, 8), (448, 2), (900, 1)])
def test_the_batch_is_bounded_by_pixels(stand_in, size, count):
    many = tuple(Photo.of(f"{i}.png", encoded(picture(30, 20, seed=i))) for i in range(12))
    contract = replace(stand_in.subject.contract, size=size, rule="shorter-side", crop=None)
    handoff = replace(stand_in, subject=replace(stand_in.subject, contract=contract), photos=Photos(many, ()))
    batch = example_batch(handoff)
    assert batch.shape == (count, 3, size, size)
    assert count == 1 or batch.shape[0] * size * size <= TRAINING_PIXELS


def test_a_swish_is_counted_at_each_of_its_calls(stand_in, batch):
    blocks = stand_in.model._blocks
    expanding = sum(block._block_args.expand_ratio != 1 for block in blocks)
    swishes = 2 + expanding + 2 * len(blocks)  # stem and head; in each block after the depthwise convolution and in its gate
    assert (swishes, len(blocks)) == (49, 16)
    assert measure.expected_sigmoids(stand_in.model, batch[:1]) == swishes + len(blocks)


def test_the_trace_shows_a_call_into_python_before_and_none_after(stand_in, batch):
    before, after = (measure.traced_around_activation(with_swish(stand_in.model, m), batch[:1]) for m in (True, False))
    assert before == ["aten::batch_norm", "prim::PythonOp SwishImplementation", "aten::pad"]
    assert after == ["aten::batch_norm", "aten::silu", "aten::pad"]


def test_a_network_without_swish_has_no_such_place(lite0, batch):
    assert measure.traced_around_activation(lite0.model, batch[:1]) == []


def test_the_study_holds_the_checks(study, rules, batch):
    assert study.failing == 0
    assert len(study.standard) == len(study.attempts) / 2
    assert attempts.worst_difference(study.attempts) <= rules["swish.logits"].threshold
    assert study.sigmoids == study.sigmoids_called > 0
    assert study.sigmoid_difference == study.python_calls == 0
    assert study.memory_ratio <= study.memory_allowed == rules["swish.memory"].threshold
    assert study.fix.photos == len(batch)


def test_the_failure_is_the_articles(study):
    assert attempts.FAILURE in study.failure.error
    assert study.failure in study.attempts
    assert study.failure not in study.exported
    assert all(each.error == "" for each in study.exported)


def test_the_chains_are_those_of_the_three_graphs(study):
    assert list(study.chains) == [TRACED_EFFICIENT, TRACED_STANDARD, WRITTEN]
    assert any("PythonOp" in name for name in study.chains[TRACED_EFFICIENT])
    assert study.chains[WRITTEN][1:3] == ["Sigmoid", "Mul"]


def test_what_is_wrong_is_counted(study):
    broken = replace(study.standard[0], error="RuntimeError: no")
    chains = {**study.chains, TRACED_STANDARD: study.chains[TRACED_EFFICIENT]}
    wrong = replace(study, attempts=(broken, *study.attempts), sigmoids=study.sigmoids - 3, chains=chains)
    assert wrong.failing == 1
    assert wrong.sigmoid_difference == 3
    assert wrong.python_calls == 1
