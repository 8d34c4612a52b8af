"""Blocks, found by name in what an exporter wrote, and what PyTorch's blocks put out."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from lib import handoff, networks
from lib.deploy import BadInput
from lib.studies.layers.blocks import divided, watched
from tests.studies.layers.conftest import blocks_of


@pytest.mark.parametrize("exported", ["lite0-imagenet dynamo", "b0-stand-in dynamo", "b0-stand-in torchscript"])
def test_each_block_is_fed_what_the_one_before_gives(exported):
    subject, exporter = exported.split()
    network = blocks_of(handoff.load(subject, exporter=exporter))
    assert network.names == ["stem", *(f"_blocks.{i}" for i in range(16)), "head", "pooling", "logits"]
    assert all(before.gives == after.fed for before, after in pairwise(network.blocks))
    assert network.blocks[0].fed == network.model.graph.input[0].name
    assert network.blocks[-1].gives == network.model.graph.output[0].name


def test_pytorchs_outputs_are_those_of_its_blocks(lite, network):
    with watched(lite.model, network.blocks) as given:
        trace = lite.reference.trace(lite.photos.readable[0].data)
    assert list(given) == ["image", *network.names[:-1]]
    assert np.array_equal(given["image"], trace.normalise)
    logits = lite.model.get_submodule("_fc")(torch.from_numpy(given["pooling"]).flatten(1))
    np.testing.assert_allclose(logits.detach().numpy(), trace.infer, atol=1e-5)
    assert not any(module._forward_pre_hooks for module in lite.model.modules())


def test_a_network_that_fails_is_watched_no_longer(lite, network):
    with pytest.raises(ZeroDivisionError), watched(lite.model, network.blocks):
        raise ZeroDivisionError
    assert not any(module._forward_pre_hooks for module in lite.model.modules())


class Nested(nn.Module):
    """Another family's names: a stage within a stage, and a head."""

    def __init__(self):
        super().__init__()
        stages = [nn.Sequential(nn.Conv2d(given, 4, 3), nn.ReLU()) for given in (3, 4)]
        self.features = nn.Sequential(*stages)
        self.head = nn.Linear(4, 2)

    def forward(self, image):
        return self.head(self.features(image).mean((2, 3)))


@pytest.mark.parametrize("dynamo", [True, False])
@pytest.mark.filterwarnings("ignore")
def test_another_family_needs_only_its_own_beginnings(dynamo, tmp_path):
    begins = {"stem": "features.0", "body": "features.1", "logits": "head"}
    model, path = Nested().eval(), tmp_path / "nested.onnx"
    torch.onnx.export(model, (torch.zeros(1, 3, 16, 16),), path, input_names=["image"], dynamo=dynamo, verbose=False)
    network = divided(onnx.load(path), begins, path.name)
    assert [block.module for block in network.blocks] == list(begins.values())
    assert [node.op_type for node in network.alone(network["body"]).graph.node][:2] == ["Conv", "Relu"]
    tensor = torch.ones(1, 3, 16, 16)
    with watched(model, network.blocks) as given, torch.inference_mode():
        model(tensor)
    assert given["stem"].shape == (1, 4, 14, 14)


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
    begins = networks.family(lite.subject).beginnings(lite.model)
    with pytest.raises(BadInput) as raised:
        divided(model, begins, "nameless.onnx")
    said = str(raised.value)
    assert said.startswith("nameless.onnx: cannot tell where block '_blocks.0' begins")
    assert "\n" not in said


def test_a_block_of_two_digits_is_not_taken_for_one_of_one(network):
    kernels = [node.input[1] for node in network.alone(network["_blocks.1"]).graph.node if node.op_type == "Conv"]
    assert kernels
    assert all(kernel.startswith("_blocks.1.") for kernel in kernels)


def test_a_block_that_takes_more_than_the_one_before_gives_is_refused(network):
    crossed = replace(network.blocks[5], fed=network.blocks[4].fed, gives=network.blocks[6].gives)
    assert network.alone(crossed)  # three blocks in one are fine
    with pytest.raises(BadInput, match="cannot be cut out: it takes"):
        network.alone(replace(network.blocks[3], fed=network.blocks[6].fed))


def test_every_output_is_probed_in_the_order_of_the_blocks(network):
    assert [output.name for output in network.probed().graph.output] == [block.gives for block in network.blocks]
    assert len(network.model.graph.output) == 1
    assert [node.op_type for node in network.upto(network["stem"]).graph.node].count("Conv") == 1
