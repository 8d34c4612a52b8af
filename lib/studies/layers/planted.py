"""Faults planted in an ONNX network, to see whether they are found."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, numpy_helper

from lib.inputs.reading import unknown
from lib.studies.layers.blocks import Block, Divided

SPREAD = 0.01  # of the factors, around 1, that a weight's numbers are multiplied by


@dataclass(frozen=True)
class Fault:
    """What was planted.

    Attributes:
        block: the block's name.
        weight: the weight's name in the file.
        change: largest change of any of its numbers.
        network: the network with the fault in it; its blocks begin and end where they did.
    """

    block: str
    weight: str
    change: float
    network: Divided


def plant(network: Divided, block: str, seed: int) -> Fault:
    """A copy of a network in which each number of a block's largest weight is off by about :data:`SPREAD` of itself.

    Args:
        network: stays as it is.
        block: the block's name.
        seed: for the factors.

    Raises:
        BadInput: there is no such block, or it has no weights.
    """
    able = [each.name for each in network.blocks if _weights(network, each)]
    if block not in able:
        raise unknown("block to plant a fault in", block, able)
    node, place, tensor = max(_weights(network, network[block]), key=lambda weight: math.prod(weight[2].dims))
    healthy = numpy_helper.to_array(tensor)
    faulty = healthy * np.random.default_rng(seed).normal(1, SPREAD, healthy.shape).astype(healthy.dtype)
    model = ModelProto()
    model.CopyFrom(network.model)
    # another tensor under another name: blocks may share one
    model.graph.initializer.append(numpy_helper.from_array(faulty, f"{tensor.name} with a fault"))
    changed = next(each for each in model.graph.node if each.output == node.output)
    changed.input[place] = f"{tensor.name} with a fault"
    return Fault(block, tensor.name, float(np.abs(faulty - healthy).max()), replace(network, model=model))


def _weights(network: Divided, block: Block) -> list[tuple[NodeProto, int, TensorProto]]:
    """The kernels and matrices of a block: the node, which of its inputs, and the tensor."""
    piece = network.alone(block)
    tensors = {t.name: t for t in piece.graph.initializer if t.data_type == TensorProto.FLOAT and len(t.dims) > 1}
    return [
        (node, place, tensors[name])
        for node in piece.graph.node
        if node.op_type in ("Conv", "Gemm", "MatMul")
        for place, name in enumerate(node.input)
        if name in tensors
    ]
