"""Where a network's blocks begin and end, in PyTorch and in the ONNX file that was exported from it.

A block's output is what the next block is fed. So a boundary is the input of a module in PyTorch, and of that module's first
node in the file, whatever an exporter fuses inside the block.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

import onnx
import torch
from efficientnet_pytorch import EfficientNet
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto
from onnx.utils import Extractor

from lib.deploy import BadInput

# Where the dynamo exporter notes the modules that a node came from, as ['', '_blocks.3', '_blocks.3._swish', 'silu_9'].
_SCOPES = "pkg.torch.onnx.name_scopes"
# TorchScript names nodes after their modules, as in /_blocks.3/_project_conv/Conv.
_NODE_NAME = re.compile(r"/(_blocks\.\d+|\w+)/.+")
# A weight keeps its module's name, as in _blocks.3._project_conv.weight.
_WEIGHT_NAME = re.compile(r"(_blocks\.\d+|\w+)\..+")


@dataclass(frozen=True)
class Block:
    """One block of the ONNX file.

    Attributes:
        name: ``stem``, ``_blocks.0`` and so on, ``head``, ``pooling``, ``logits``.
        fed: the tensor that goes in.
        gives: the tensor that comes out.
    """

    name: str
    fed: str
    gives: str


@dataclass(frozen=True)
class Divided:
    """An ONNX network and its blocks, in the order they run.

    Attributes:
        model: the network: float32 (N, 3, H, W) in, logits out.
        blocks: each one fed what the one before gives.
        where: the file's name, for error messages.
    """

    model: ModelProto
    blocks: tuple[Block, ...]
    where: str

    def __getitem__(self, name: str) -> Block:
        return next(block for block in self.blocks if block.name == name)

    @property
    def names(self) -> list[str]:
        """The blocks' names, in the order they run."""
        return [block.name for block in self.blocks]

    def upto(self, block: Block) -> ModelProto:
        """The network from its input to the end of a block."""
        return self._cut(self.blocks[0].fed, block)

    def alone(self, block: Block) -> ModelProto:
        """One block by itself.

        Raises:
            BadInput: it takes more than what the block before gives.
        """
        return self._cut(block.fed, block)

    def probed(self) -> ModelProto:
        """The whole network with every block's output among its outputs, in the order they run; the last are the logits."""
        inner = [block.gives for block in self.blocks[:-1]]
        whole = ModelProto()
        whole.CopyFrom(self.model)
        del whole.graph.output[:]
        whole.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in inner)
        whole.graph.output.append(self.model.graph.output[0])
        return whole

    def _cut(self, fed: str, block: Block) -> ModelProto:
        extractor = Extractor(self.model)
        for name in (fed, block.gives):
            unsized = onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
            extractor.value_infos.setdefault(name, unsized)
        piece = extractor.extract_model([fed], [block.gives])
        known = {fed, "", *(tensor.name for tensor in piece.graph.initializer)}
        for node in piece.graph.node:
            for name in node.input:
                if name not in known:
                    raise BadInput(f"{self.where}: block '{block.name}' cannot be cut out: it takes '{name}' beside '{fed}'")
            known.update(node.output)
        return piece


def beginnings(network: EfficientNet) -> dict[str, str]:
    """The module that each block begins with, by the block's name."""
    middle = {f"_blocks.{i}": f"_blocks.{i}" for i in range(len(network._blocks))}
    return {"stem": "_conv_stem", **middle, "head": "_conv_head", "pooling": "_avg_pooling", "logits": "_fc"}


def outputs(network: EfficientNet, tensor: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Each block's output in eager PyTorch, float32, and under ``image`` what the first one was fed.

    Args:
        network: in evaluation mode.
        tensor: its input, float32 (N, 3, H, W).
    """
    names = list(beginnings(network))
    given: dict[str, NDArray[Any]] = {}
    handles = [
        network.get_submodule(module).register_forward_pre_hook(
            lambda _, inputs, before=before: given.__setitem__(before, inputs[0].numpy())
        )
        for before, module in zip(("image", *names), beginnings(network).values(), strict=False)
    ]
    try:
        with torch.inference_mode():
            given[names[-1]] = network(torch.from_numpy(tensor)).numpy()
    finally:
        for handle in handles:
            handle.remove()
    return given


def divided(model: ModelProto, network: EfficientNet, where: str) -> Divided:
    """Find the blocks of an exported network by what the exporter wrote into it.

    Args:
        model: the ONNX network.
        network: the module it was exported from.
        where: the file's name, for error messages.

    Raises:
        BadInput: the file does not say where some block begins.
    """
    image, logits = model.graph.input[0].name, model.graph.output[0].name
    fed: dict[str, str] = {}
    carried = {image}  # tensors that come of the image; weights and other constants do not
    for node in model.graph.node:
        given = [name for name in node.input if name in carried]
        if given:
            carried.update(node.output)
            fed.setdefault(_module(node), given[0])
    begins = beginnings(network)
    fed[begins["stem"]] = image
    for block, module in begins.items():
        if module not in fed:
            raise BadInput(
                f"{where}: cannot tell where block '{block}' begins: no node and no weight is named after module '{module}'; "
                "export the network with notebook 01_export"
            )
    edges = [*(fed[module] for module in begins.values()), logits]
    return Divided(model, tuple(map(Block, begins, edges[:-1], edges[1:])), where)


def _module(node: NodeProto) -> str:
    """The block's module, or the outermost other one, that a node was exported from; empty where nothing says so.

    A kernel's name comes first: a convolution that was fused with the batch-norm after it is noted as the batch-norm.
    """
    for kernel in node.input[1:2]:
        if match := _WEIGHT_NAME.fullmatch(kernel):
            return match[1]
    scopes: list[str] = next((ast.literal_eval(entry.value) for entry in node.metadata_props if entry.key == _SCOPES), [])
    if len(scopes) > 2:
        return scopes[1]
    match = _NODE_NAME.fullmatch(node.name)
    return match[1] if match else ""
