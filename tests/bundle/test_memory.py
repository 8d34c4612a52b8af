"""What the opened model and an answer take is measured where nothing else was done before."""

from __future__ import annotations

import sys

import pytest

from lib.bundle import memory
from lib.deploy import Contract, Domain
from tests.packed import CONTRACT, tiny

STATISTICS = ((0.5,) * 3, (0.5,) * 3)


@pytest.mark.parametrize(
    ("contract", "size"),
    [
        (Contract(224, "shorter-side", "box", *STATISTICS), (224, 1024)),
        (Contract(256, "shorter-side-crop", "box", *STATISTICS, crop=224), (224, 224)),
        (Contract(224, "squash", "box", *STATISTICS), (224, 224)),
    ],
)
def test_the_largest_input_is_what_the_rule_and_the_sizes_let_through(contract, size):
    assert memory.largest(contract, Domain(32, 1024)) == size


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory was held")
def test_a_network_takes_more_than_one_that_hardly_computes(lite0, tmp_path):
    found, least = memory.measured(lite0.onnx_path), memory.measured(tiny(lite0, tmp_path).onnx_path)
    assert 20_000_000 < least["opened"] < found["opened"] < 500_000_000
    assert 0 <= least["answer"] < 10_000_000 < found["answer"] < 200_000_000
    assert CONTRACT.rule == "squash"
