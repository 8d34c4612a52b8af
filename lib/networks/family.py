"""What a family of networks is to the rest of the workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from lib.inputs.subject import Subject


@dataclass(frozen=True)
class Family:
    """Architectures that are built and exported in one way.

    Attributes:
        architectures: their names, as a subject's TOML file gives them.
        least: the smallest side in pixels that the network takes.
        has_swish: whether its activation is swish, on which the story of ``02_swish`` can be told.
        empty: a subject's network with any weights, float32 (N, 3, H, W) to logits float32 (N, classes).
        filled: the same network with the tensors of the file at a path in it.
        exportable: a copy of a network, in evaluation mode, that every exporter can read. Convolutions that pad for each input
            are plain ones in it: the file must be told so afterwards, by :func:`lib.export.padding.same_upper`.
        beginnings: the module that each block of a network begins with, by the block's name, in the order they run. The first
            block is fed the image; a block's output is what the next one is fed.
    """

    architectures: tuple[str, ...]
    least: int
    has_swish: bool
    empty: Callable[[Subject], nn.Module]
    filled: Callable[[Subject, nn.Module, Mapping[str, Tensor], Path], nn.Module]
    exportable: Callable[[nn.Module], nn.Module]
    beginnings: Callable[[nn.Module], dict[str, str]]
