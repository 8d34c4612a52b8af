"""A fault that is planted: in one block, in a copy, and the same for the same seed."""

from __future__ import annotations

import pytest

from lib.deploy import BadInput
from lib.studies.layers import planted


def test_a_fault_leaves_the_healthy_network_as_it_was_and_comes_of_its_seed(network):
    before = network.model.SerializeToString(deterministic=True)
    same, again, other = (planted.plant(network, "head", seed).change for seed in (0, 0, 1))
    assert network.model.SerializeToString(deterministic=True) == before
    assert same == again != other


def test_a_fault_is_in_its_own_block_and_in_no_other(network):
    fault = planted.plant(network, "_blocks.3", seed=0)
    assert fault.weight.startswith("_blocks.3.")
    assert fault.change > 0
    changed = [
        block.name
        for block in network.blocks
        if network.alone(block).SerializeToString(deterministic=True)
        != fault.network.alone(block).SerializeToString(deterministic=True)
    ]
    assert changed == ["_blocks.3"]


@pytest.mark.parametrize("name", ["pooling", "_blocks.16", "blocks.7"])
def test_a_fault_needs_a_block_that_has_weights(network, name):
    with pytest.raises(BadInput, match="unknown block to plant a fault in"):
        planted.plant(network, name, 0)
