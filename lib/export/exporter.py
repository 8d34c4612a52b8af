"""PyTorch to one ONNX file that carries its own provenance and preprocessing contract."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import onnx
import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor, nn
from torch.export import Dim

from lib import cache
from lib.deploy import BadInput, Domain
from lib.deploy.model import CLASSES_KEY, CONTRACT_KEY, DOMAIN_KEY, IMAGE
from lib.export import padding
from lib.export.silence import silenced
from lib.inputs.reading import one_line, sha256, unknown
from lib.inputs.subject import Subject
from lib.networks import family

EXPORTERS = ("dynamo", "torchscript")
DEFAULT_OPSET = 20  # what torch 2.13's dynamo exporter writes when it is not asked for another
PROVENANCE_KEY = "handoff.provenance"
OUTPUT = "logits"
# A change to the code that builds or exports must not find files that the old code made.
CODE = ("export/exporter.py", "export/padding.py", "networks/*.py", "inputs/photos.py", "deploy/stages.py")
AXES = {0: "batch", 2: "height", 3: "width"}

# Where torch's exporter notes the source lines that a node came from: paths of the exporting machine.
_STACK_TRACE = "pkg.torch.onnx.stack_trace"


def versions() -> dict[str, str]:
    """Versions of the packages that decide what an exported file says."""
    return {name: importlib.metadata.version(name) for name in ("torch", "onnx", "onnxscript", "efficientnet_pytorch")}


def domain(subject: Subject) -> Domain:
    """The sizes that a subject's exported network is stated to be right for; notebook 06_dynamic_shapes holds it to that.

    From the least that its family takes to 1024 pixels, or to four times what it was built for.
    """
    return Domain(family(subject).least, max(1024, 4 * subject.image_size))


def exported(
    subject: Subject,
    network: Callable[[], nn.Module],
    weights_sha256: str,
    exporter: str = "dynamo",
    opset: int = DEFAULT_OPSET,
) -> Path:
    """The ONNX file of a subject, exported on the first call and taken from the cache on later ones.

    The graph takes float32 (batch, 3, height, width), the three named axes free, and gives logits float32 (batch, classes).
    Everything is in the one file: weights, preprocessing contract, class names and provenance.

    Args:
        subject: whose contract, class names and provenance are written into the file.
        network: gives the subject's network, as :func:`lib.networks.build` makes it; called only where the file is missing.
        weights_sha256: SHA-256 of the weights file that it is built from.
        exporter: ``dynamo`` or ``torchscript``.
        opset: the ONNX operator set to ask for. An exporter may write another one: compare with what the file says.

    Raises:
        BadInput: no such exporter, or an opset that this onnx package does not know.
    """
    if exporter not in EXPORTERS:
        raise unknown("exporter", exporter, EXPORTERS)
    if not 7 <= opset <= onnx.defs.onnx_opset_version():
        raise BadInput(f"opset {opset} is unknown here; choose from 7 to {onnx.defs.onnx_opset_version()}")
    provenance = origin(subject, weights_sha256, exporter, opset)
    code = [path.read_text(encoding="utf-8") for pattern in CODE for path in sorted(cache.LIB.glob(pattern))]
    key = sha256(json.dumps([provenance, code], sort_keys=True).encode())[:12]
    path = cache.directory() / "models" / f"{subject.name}-{exporter}-opset{opset}-{key}.onnx"
    with cache.making(path) as scratch:
        if scratch is not None:
            kind = family(subject)
            write(scratch, kind.exportable(network()), example(subject), exporter, opset, kind.least)
            _inscribe(scratch, subject, provenance)
    return path


def origin(subject: Subject, weights_sha256: str, exporter: str, opset: int) -> dict[str, Any]:
    """What decides what an exported file says, as JSON types; arguments as of :func:`exported`."""
    return {
        "subject": subject.name,
        "subject_sha256": subject.digest,
        "claims_accuracy": subject.claims_accuracy,
        "weights_sha256": weights_sha256,
        "exporter": exporter,
        "opset_asked": opset,
        "versions": versions(),
    }


def provenance(model: onnx.ModelProto) -> dict[str, Any]:
    """What :func:`exported` wrote into a model about its origin; empty where that is nothing, or no JSON object."""
    entries = {entry.key: entry.value for entry in model.metadata_props}
    try:
        return TypeAdapter(dict[str, Any]).validate_json(entries.get(PROVENANCE_KEY, "{}"))
    except ValidationError:
        return {}


def write(
    path: Path, module: nn.Module, example: Tensor, exporter: str, opset: int, least: int, axes: Mapping[int, str] = AXES
) -> None:
    """One call of an exporter.

    Args:
        path: where the file goes, everything in it.
        module: from ``example`` to logits; see :attr:`lib.networks.family.Family.exportable`.
        example: float32 (N, 3, H, W).
        exporter: ``dynamo`` or ``torchscript``.
        opset: to ask for.
        least: the smallest height and width in pixels that the network takes; told of it, dynamo captures the graph in fewer
            attempts.
        axes: of the input, by number, that are left free, each with its name.

    Raises:
        BadInput: the exporter does not take this opset.
    """
    arguments: dict[str, Any] = {"opset_version": opset, "input_names": [IMAGE], "output_names": [OUTPUT]}
    if exporter == "dynamo":
        free = {axis: Dim(name, min=least) if axis else Dim(name) for axis, name in axes.items()}
        arguments |= {"dynamo": True, "external_data": False, "dynamic_shapes": (free,)}
    else:
        named = {IMAGE: dict(axes), OUTPUT: {axis: name for axis, name in axes.items() if axis == 0}}
        arguments |= {"dynamo": False, "dynamic_axes": named}
    with silenced("torch.onnx"):
        try:
            torch.onnx.export(module, (example,), path, **arguments)
        except (RuntimeError, ValueError) as error:
            if "opset" not in str(error).lower():
                raise
            raise BadInput(f"the {exporter} exporter does not take opset {opset}: {one_line(error)}") from None


def example(subject: Subject) -> Tensor:
    """What an exporter runs a subject's network on: zeros, float32 (1, 3, side, side) of the size it was built for."""
    return torch.zeros(1, 3, subject.image_size, subject.image_size)


def _inscribe(path: Path, subject: Subject, origin: dict[str, Any]) -> None:
    model = onnx.load(path)
    if subject.padding == "same":
        padding.same_upper(model)
    for node in model.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key != _STACK_TRACE]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
        node.doc_string = ""
    onnx.helper.set_model_props(
        model,
        {
            PROVENANCE_KEY: json.dumps(origin),
            CONTRACT_KEY: subject.contract.to_json(),
            DOMAIN_KEY: domain(subject).to_json(),
            CLASSES_KEY: json.dumps(subject.classes),
        },
    )
    onnx.save(model, path)
