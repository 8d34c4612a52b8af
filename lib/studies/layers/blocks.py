"""Where a network's blocks begin and end, in PyTorch and in the ONNX file that was exported from it.

A block's output is what the next block is fed. So a boundary is the input of a module in PyTorch, and of that module's first
node in the file, whatever an exporter fuses inside the block.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto
from onnx.utils import Extractor
from torch import nn

from lib.deploy import BadInput
from lib.deploy.model import IMAGE

# Where the dynamo exporter notes the modules that a node came from, as ['', '_blocks.3', '_blocks.3._swish', 'silu_9'].
_SCOPES = "pkg.torch.onnx.name_scopes"


@dataclass(frozen=True)
class Block:
    """One block of the ONNX file.

    Attributes:
        name: as its family gives it (:attr:`lib.networks.family.Family.beginnings`).
        module: the module in PyTorch that it begins with.
        fed: the tensor that goes in.
        gives: the tensor that comes out.
    """

    name: str
    module: str
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

    def maker(self, block: Block) -> str:
        """The name of the node whose output a block gives."""
        return next(node.name for node in self.model.graph.node if block.gives in node.output)

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


@contextlib.contextmanager
def watched(network: nn.Module, blocks: Sequence[Block]) -> Iterator[dict[str, NDArray[Any]]]:
    """While this lasts, a run of the network in PyTorch leaves what each block puts out, by the block's name.

    Args:
        network: in evaluation mode.
        blocks: its blocks, in the order they run.

    Yields:
        Float32 arrays: under ``image`` what the first block is fed, then the output of every block but the last, which is what
        the network itself gives.
    """
    given: dict[str, NDArray[Any]] = {}
    handles = [
        network.get_submodule(block.module).register_forward_pre_hook(
            lambda _, inputs, before=before: given.__setitem__(before, inputs[0].numpy())
        )
        for before, block in zip((IMAGE, *(block.name for block in blocks)), blocks, strict=False)
    ]
    try:
        yield given
    finally:
        for handle in handles:
            handle.remove()


def divided(model: ModelProto, begins: Mapping[str, str], where: str) -> Divided:
    """Find the blocks of an exported network by what the exporter wrote into it.

    Args:
        model: the ONNX network.
        begins: the module that each block begins with, by the block's name, in the order they run.
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
            fed.setdefault(_module(node, begins.values()), given[0])
    fed[next(iter(begins.values()))] = image
    for block, module in begins.items():
        if module not in fed:
            raise BadInput(
                f"{where}: cannot tell where block '{block}' begins: no node and no weight is named after module '{module}'; "
                "export the network with notebook 01_export"
            )
    edges = [*(fed[module] for module in begins.values()), logits]
    return Divided(model, tuple(map(Block, begins, begins.values(), edges[:-1], edges[1:])), where)


def _module(node: NodeProto, modules: Collection[str]) -> str:
    """Which of some modules a node was exported from; empty where nothing says so.

    A kernel's name comes first: a convolution that was fused with the batch-norm after it is noted as the batch-norm.
    """
    for kernel in node.input[1:2]:  # a weight keeps its module's name, as in _blocks.3._project_conv.weight
        for module in modules:
            if kernel.startswith(f"{module}."):
                return module
    noted: list[str] = next((ast.literal_eval(entry.value) for entry in node.metadata_props if entry.key == _SCOPES), [])
    named = node.name.split("/")  # by TorchScript, as in /_blocks.3/_project_conv/Conv
    return next((scope for scope in (*noted[:-1], *named[:-1]) if scope in modules), "")
