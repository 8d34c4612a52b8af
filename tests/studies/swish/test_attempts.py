"""Exports that are tried, and what comes of them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import pytest
import torch
from efficientnet_pytorch.utils import MemoryEfficientSwish
from torch.onnx._internal.exporter import _compat

from lib.networks.efficientnet import with_swish
from lib.studies.swish import attempts
from lib.studies.swish.attempts import FAILURE, Attempt, SquaredReLU, attempt, worst_difference
from lib.studies.swish.measure import expected_sigmoids

WORKED = Attempt("dynamo", None, "a", "", {"Sigmoid": 65, "Mul": 65}, 1e-6)
FAILED = Attempt("torchscript", False, "b", "RuntimeError: no such operator\nat line 3", {}, math.nan)


def test_the_articles_failure_is_reproduced_live(stand_in, batch):
    network = with_swish(stand_in.model, memory_efficient=True)
    failure = attempt(network, batch[:1], "torchscript", attempts.EFFICIENT, inlining=False)
    assert FAILURE in failure.error
    assert failure.outcome == f"RuntimeError: ONNX export failed: {FAILURE}"
    assert failure.operators == {}
    assert math.isnan(failure.difference)


def test_the_call_of_the_article_is_one_of_those_tried(study):
    found = attempts.as_in_the_article(study.attempts)
    assert (found.exporter, found.setting, found.what) == ("torchscript", "inlining off", attempts.EFFICIENT)
    assert FAILURE in found.error


@pytest.mark.parametrize("memory_efficient", [True, False])
def test_torchscript_with_inlining_exports_and_agrees(stand_in, batch, rules, memory_efficient):
    network = with_swish(stand_in.model, memory_efficient)
    result = attempt(network, batch[:1], "torchscript", "swish", inlining=True)
    assert result.error == ""
    assert result.difference <= rules["swish.logits"].threshold
    assert result.operators["Sigmoid"] == expected_sigmoids(stand_in.model, batch[:1])


def test_every_way_is_tried_once_on_the_right_swish(stand_in, batch, monkeypatch):
    tried = []

    def attempted(module, example, exporter, what, inlining):
        assert (type(module._swish) is MemoryEfficientSwish) == (what == attempts.EFFICIENT)
        tried.append((exporter, inlining, what))
        return WORKED

    monkeypatch.setattr(attempts, "attempt", attempted)
    assert len(attempts.of_swish(stand_in.model, batch[:1])) == len(tried)
    assert tried == [(*way, swish) for way, swish in product(attempts.WAYS, (attempts.EFFICIENT, attempts.STANDARD))]


def test_the_dynamo_exporter_is_not_told_of_inlining(monkeypatch):
    told = []
    monkeypatch.setattr(_compat, "export_compat", lambda *_, **named: told.append(named))
    for inlining in (True, False):
        torch.onnx.export(SquaredReLU(), (torch.zeros(1),), "x", dynamo=True, autograd_inlining=inlining)
    assert told[0] == told[1]
    assert not any("inlining" in name for name in told[0])


def test_an_own_autograd_function_fails_the_same_way():
    example = torch.linspace(-2, 2, 7).reshape(1, 7)
    failed = attempt(SquaredReLU(), example, "torchscript", "own", inlining=False)
    assert "Couldn't export Python operator _SquaredReLU" in failed.outcome
    inlined = attempt(SquaredReLU(), example, "torchscript", "own", inlining=True)
    assert inlined.error == ""
    assert inlined.difference < 1e-6


def test_the_own_functions_gradient_is_its_derivative():
    x = torch.linspace(-2, 2, 9, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(SquaredReLU(), x)


def test_every_activation_is_exported_in_three_ways(study):
    ways = {(each.what, each.exporter, each.setting) for each in study.activations}
    assert len(ways) == len(study.activations) == 3 * len(attempts.ACTIVATIONS)
    failing = {each.what for each in study.activations if each.error}
    assert "own autograd.Function" in failing
    assert "SiLU (standard swish)" not in failing


def test_an_outcome_is_one_line():
    assert WORKED.outcome == "65 Sigmoid, 65 Mul"
    assert FAILED.outcome == "RuntimeError: no such operator"
    assert [replace(FAILED, inlining=each).setting for each in (True, False, None)] == [
        "inlining on",
        "inlining off",
        "default",
    ]


def test_the_worst_difference_is_of_the_files_that_were_written():
    assert worst_difference([WORKED, FAILED, replace(WORKED, difference=1e-3)]) == 1e-3
    assert math.isnan(worst_difference([WORKED, replace(WORKED, difference=math.nan)]))
    assert math.isnan(worst_difference([FAILED]))
