"""What an ONNX file says of itself, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx

from lib.export import exporter, graph
from lib.inputs.weights import digest_of


@dataclass(frozen=True)
class Facts:
    """One file.

    Attributes:
        path: the file.
        size: in bytes.
        sha256: of the file.
        opset: the version of ONNX's standard operator set that it is written in.
        operators: how many nodes there are of each operator.
        signature: kind, name, and element type with shape, of each input and output.
        free_axes: how many axes of the input take any size.
        tensors: how many tensors of weights there are.
        external_tensors: how many of them are in other files.
        non_finite_weights: how many numbers among the weights are NaN or infinite.
        foreign_nodes: nodes outside the ONNX standard.
        complaint: what onnx's checker says against the file; empty where it says nothing.
        provenance: what the export wrote into it about its origin.
    """

    path: Path
    size: int
    sha256: str
    opset: int
    operators: Mapping[str, int]
    signature: tuple[tuple[str, str, str], ...]
    free_axes: int
    tensors: int
    external_tensors: int
    non_finite_weights: int
    foreign_nodes: int
    complaint: str
    provenance: Mapping[str, Any]

    @classmethod
    def of(cls, path: Path) -> Facts:
        """The facts of the file at ``path``."""
        model = onnx.load(path)
        return cls(
            path=path,
            size=path.stat().st_size,
            sha256=digest_of(path),
            opset=graph.opset(model),
            operators=graph.inventory(model),
            signature=tuple(graph.signature(model)),
            free_axes=graph.free_axes(model),
            tensors=len(model.graph.initializer),
            external_tensors=graph.external_tensors(path),
            non_finite_weights=graph.non_finite_weights(model),
            foreign_nodes=graph.foreign_nodes(model),
            complaint=graph.checker_complaint(path),
            provenance=exporter.provenance(model),
        )

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return sum(self.operators.values())

    @property
    def complaints(self) -> int:
        """How many complaints onnx's checker has: it stops at the first."""
        return int(bool(self.complaint))
