"""Where the numbers part: blocks found by name, their errors, and the search for a planted fault."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from lib.studies.layers import blocks
from lib.studies.layers import planted as faults
from lib.studies.layers import measure as layers
from lib.studies.layers import pictures as layers_report
from lib import handoff as migration
from lib.studies.layers.blocks import divided
from lib.deploy import BadInput
from lib.studies.layers.measure import Error, Reading
from lib.inputs.photos import Photos
from lib.studies.layers.variants import Outcome
from tests.conftest import assert_whole

TOLERANCE = 1e-4


def two_photos(subject, exporter):
    """The subject's migration on a landscape and a square photo."""
    moving = migration.load(subject, exporter=exporter)
    readable = moving.photos.readable
    return replace(moving, photos=Photos((readable[0], readable[5]), ()))


@pytest.fixture(scope="module", params=["lite0-imagenet dynamo", "b0-stand-in dynamo", "b0-stand-in torchscript"])
def moving(request):
    return two_photos(*request.param.split())


@pytest.fixture(scope="module")
def lite(lite0):
    return replace(lite0, photos=Photos(lite0.photos.readable[:1], ()))


@pytest.fixture(scope="module")
def network(lite):
    return layers.exported(lite)


def test_every_block_agrees_by_itself_and_from_the_image_on(moving):
    network = layers.exported(moving)
    assert network.names == ["stem", *(f"_blocks.{i}" for i in range(16)), "head", "pooling", "logits"]
    assert all(before.gives == after.fed for before, after in pairwise(network.blocks))
    readings = layers.profile(moving, network)
    assert layers.compared(readings) == len(readings) == 20
    assert 0 < layers.largest(readings, "accumulated") < TOLERANCE
    assert 0 < layers.largest(readings, "local") < TOLERANCE / 10
    assert layers.first_over(readings, TOLERANCE) is None
    assert [reading.shape[1] for reading in readings] == [32, 16, 24, 24, 40, 40, 80, 80, 80, 112, 112, 112] + 4 * [192] + [
        320,
        1280,
        1280,
        1000,
    ]


@pytest.mark.parametrize("block", ["stem", "_blocks.0", "_blocks.9", "_blocks.15", "head", "logits"])
def test_a_planted_fault_is_found_by_name(moving, block):
    network = layers.exported(moving)
    fault = faults.plant(network, block, seed=0)
    search = layers.bisect(moving, fault.network, TOLERANCE)
    assert search.found == block
    assert len(search.probes) <= layers.most_probes(20) == 5
    assert fault.change > 0


def test_only_the_faulty_block_errs_by_itself(lite, network):
    fault = faults.plant(network, "_blocks.7", seed=3)
    readings = layers.profile(lite, fault.network)
    assert [r.block for r in readings if r.local.over(TOLERANCE / 10)] == ["_blocks.7"]
    assert layers.first_over(readings, TOLERANCE) == "_blocks.7"
    assert layers.stays_over(readings, TOLERANCE)
    assert layers.accused(readings, "_blocks.7", TOLERANCE, TOLERANCE / 10) == 0
    assert layers.accused(readings, "_blocks.9", TOLERANCE, TOLERANCE / 10) == 2  # _blocks.7 and, after it, _blocks.8


def test_a_fault_leaves_the_healthy_network_as_it_was_and_comes_of_its_seed(network):
    before = network.model.SerializeToString(deterministic=True)
    same, again, other = (faults.plant(network, "head", seed).change for seed in (0, 0, 1))
    assert network.model.SerializeToString(deterministic=True) == before
    assert same == again != other


@pytest.mark.parametrize("name", ["pooling", "_blocks.16", "blocks.7"])
def test_a_fault_needs_a_block_that_has_weights(network, name):
    with pytest.raises(BadInput, match="unknown block to plant a fault in"):
        faults.plant(network, name, 0)


def test_a_healthy_network_is_not_searched(lite, network):
    search = layers.bisect(lite, network, TOLERANCE)
    assert (search.found, search.probes) == (None, ())


def test_a_nan_counts_as_over(lite, network):
    model = onnx.ModelProto()
    model.CopyFrom(network.model)
    kernel = next(t for t in model.graph.initializer if t.name == "_blocks.5._project_conv.weight")
    kernel.CopyFrom(numpy_helper.from_array(np.full_like(numpy_helper.to_array(kernel), np.nan), kernel.name))
    search = layers.bisect(lite, replace(network, model=model), TOLERANCE)
    assert search.found == "_blocks.5"
    assert Error(float("nan"), 1.0).over(TOLERANCE)
    assert layers.worse(Error(1.0, 1.0), Error(float("nan"), 1.0)).difference != 1.0
    assert layers.compared([Reading("stem", Error(float("nan"), 1.0), Error(0.0, 1.0), (1,))]) == 0


def test_a_file_without_names_is_one_clear_line(lite, network):
    model = onnx.ModelProto()
    model.CopyFrom(network.model)
    renamed = {t.name: f"weight{i}" for i, t in enumerate(model.graph.initializer)}
    for tensor in model.graph.initializer:
        tensor.name = renamed[tensor.name]
    for i, node in enumerate(model.graph.node):
        node.name = f"node{i}"
        del node.metadata_props[:]
        node.input[:] = [renamed.get(name, name) for name in node.input]
    with pytest.raises(BadInput) as raised:
        divided(model, lite.model, "nameless.onnx")
    said = str(raised.value)
    assert said.startswith("nameless.onnx: cannot tell where block '_blocks.0' begins")
    assert "\n" not in said


def test_a_block_that_takes_more_than_the_one_before_gives_is_refused(network):
    crossed = replace(network.blocks[5], fed=network.blocks[4].fed, gives=network.blocks[6].gives)
    assert network.alone(crossed)  # three blocks in one are fine
    with pytest.raises(BadInput, match="cannot be cut out: it takes"):
        network.alone(replace(network.blocks[3], fed=network.blocks[6].fed))


@pytest.mark.parametrize("over_from", range(1, 21))
def test_once_over_stays_over_is_noticed(over_from):
    readings = [Reading(str(i), Error(float(i >= over_from), 0.0), Error(0.0, 0.0), (1,)) for i in range(20)]
    assert layers.stays_over(readings, TOLERANCE)
    lapsed = [*readings, Reading("20", Error(0.0, 0.0), Error(0.0, 0.0), (1,))]
    assert layers.stays_over(lapsed, TOLERANCE) == (over_from == 20)


def test_an_error_is_absolute_for_small_outputs_and_relative_for_large_ones():
    near_zero = Error.of(np.full((1, 4), 1e-5), np.full((1, 4), 1.6e-5))
    assert near_zero.relative == pytest.approx(0.6)
    assert not near_zero.over(TOLERANCE)
    assert Error.of(np.full((1, 4), 1000.0), np.full((1, 4), 1000.05)).scaled == pytest.approx(5e-5, rel=0.01)
    assert Error.of(np.zeros((1, 4)), np.zeros((1, 3))).over(TOLERANCE)


def test_pytorchs_outputs_are_those_of_its_blocks(lite):
    _, trace = lite.reference_traces[0]
    outputs = blocks.outputs(lite.model, trace.normalise)
    assert np.array_equal(outputs["image"], trace.normalise)
    assert np.array_equal(outputs["logits"], trace.infer)
    assert not any(module._forward_pre_hooks for module in lite.model.modules())


def test_pictures_of_layers_are_whole(lite, network, drawn):
    healthy = layers.profile(lite, network)
    fault = faults.plant(network, "stem", 0)
    search, faulty = layers.bisect(lite, fault.network, TOLERANCE), layers.profile(lite, fault.network)
    layers_report.errors(healthy, TOLERANCE, TOLERANCE / 10)
    shown = layers_report.hunt(healthy, faulty, fault, search, TOLERANCE)
    assert f"cuts lead to {search.found}" in shown
    nan = float("nan")
    outcomes = [Outcome("FP32, as exported", 7e-6, 1e-6, 0, 1.0, 18.7), Outcome("INT8, dynamic", nan, nan, 7, 1.8, 4.8)]
    layers_report.sizes(outcomes, 7)
    for figure in drawn:
        assert_whole(figure)
    found = layers_report.hunt_finding(faulty, fault, search, TOLERANCE, TOLERANCE / 10)
    assert "find stem" in found
    assert "only stem errs" in found
    assert "They part nowhere" in layers_report.finding(healthy, TOLERANCE, TOLERANCE / 10, 1)
    assert "first in block stem" in layers_report.finding(faulty, TOLERANCE, TOLERANCE / 10, 1)
