"""The search for a planted fault."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from lib import handoff
from lib.studies.layers.planted import plant
from lib.studies.layers.search import bisect, most_probes
from tests.studies.layers.conftest import TOLERANCE, blocks_of, outputs_of, symptom_of


@pytest.fixture(scope="module", params=["lite0-imagenet dynamo", "b0-stand-in dynamo", "b0-stand-in torchscript"])
def subject(request):
    """A network, and what PyTorch's blocks put out for a square photo."""
    name, exporter = request.param.split()
    given = handoff.load(name, exporter=exporter)
    network = blocks_of(given)
    return network, outputs_of(given, network, photo=5)


@pytest.mark.parametrize("block", ["stem", "_blocks.0", "_blocks.9", "_blocks.15", "head", "logits"])
def test_a_planted_fault_is_found_by_name(subject, block):
    network, expected = subject
    fault = plant(network, block, seed=0)
    symptom = symptom_of(fault.network, expected)
    search = bisect(fault.network, symptom, TOLERANCE)
    assert search.found == block
    assert 0 < len(search.probes) <= most_probes(20) == 5
    assert (search.photo, search.symptom) == (symptom.photo, symptom.error)


def test_a_healthy_network_is_not_searched(network, expected):
    search = bisect(network, symptom_of(network, expected), TOLERANCE)
    assert (search.found, search.probes) == (None, ())


def test_a_nan_is_searched_for(network, expected):
    model = onnx.ModelProto()
    model.CopyFrom(network.model)
    kernel = next(t for t in model.graph.initializer if t.name == "_blocks.5._project_conv.weight")
    kernel.CopyFrom(numpy_helper.from_array(np.full_like(numpy_helper.to_array(kernel), np.nan), kernel.name))
    broken = replace(network, model=model)
    assert bisect(broken, symptom_of(broken, expected), TOLERANCE).found == "_blocks.5"


@pytest.mark.parametrize(("blocks", "most"), [(1, 0), (2, 1), (3, 2), (16, 4), (17, 5), (20, 5), (32, 5), (33, 6)])
def test_halving_needs_the_logarithm_rounded_up(blocks, most):
    assert most_probes(blocks) == most
