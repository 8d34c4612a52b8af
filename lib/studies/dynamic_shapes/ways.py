"""The subject's network exported in several ways, each with another idea of padding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import onnx
from torch import nn

from lib import cache, networks
from lib.export import exporter as export
from lib.export import padding
from lib.handoff import Handoff
from lib.inputs.reading import sha256
from lib.inputs.subject import PADDINGS
from lib.networks.efficientnet import with_swish

FIXED, STATIC, TRACED = "fixed size", "static padding", "padding traced"
SAME_UPPER, REMAINDERS, SCRIPTED = "auto_pad=SAME_UPPER", "remainders, dynamo", "remainders, TorchScript"
ATTEMPTS = (FIXED, STATIC, TRACED)  # what is tried first
CANDIDATES = (SAME_UPPER, REMAINDERS, SCRIPTED)  # what computes the padding in the graph
AS_EXPORTED = {"static": STATIC, "same": SAME_UPPER}  # by the subject's own padding, what its exported file is


def by_padding(handoff: Handoff) -> dict[str, nn.Module]:
    """The network in PyTorch with either padding, by the padding's name; the subject's own is not built anew."""
    own = handoff.subject.padding
    other = next(name for name in PADDINGS if name != own)
    return {own: handoff.model, other: networks.build(replace(handoff.subject, padding=other), handoff.weights_path)}


def files(handoff: Handoff, modules: Mapping[str, nn.Module]) -> dict[str, Path]:
    """The files by the name of the way, each made on the first call and taken from the cache on later ones.

    Args:
        handoff: whose network, exporter and operator set.
        modules: as :func:`by_padding` gives them.
    """
    own = AS_EXPORTED[handoff.subject.padding]
    return {name: handoff.onnx_path if name == own else _made(handoff, modules, name) for name in (*ATTEMPTS, *CANDIDATES)}


def _made(handoff: Handoff, modules: Mapping[str, nn.Module], name: str) -> Path:
    # the stem carries a key of the weights, the versions and the exporting code; this module decides the rest
    network, key = handoff.onnx_path, sha256(Path(__file__).read_bytes())[:8]
    slug = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    path = network.with_name(f"{network.stem}-{slug}-{key}.onnx")
    with cache.making(path) as scratch:
        if scratch is not None:
            _write(handoff, modules, name, scratch)
    return path


def _write(handoff: Handoff, modules: Mapping[str, nn.Module], name: str, path: Path) -> None:
    example, exporter, opset = export.example(handoff.subject), handoff.exporter, handoff.opset
    family = networks.family(handoff.subject)
    exportable, least = family.exportable, family.least
    static, same = (modules[kind] for kind in PADDINGS)
    if name == FIXED:
        export.write(path, exportable(static), example, exporter, opset, least, axes={})
    elif name == STATIC:
        export.write(path, exportable(static), example, exporter, opset, least)
    elif name == TRACED:
        export.write(path, with_swish(same, memory_efficient=False), example, "torchscript", opset, least)
    elif name == SAME_UPPER:
        export.write(path, exportable(same), example, exporter, opset, least)
        written = onnx.load(path)
        padding.same_upper(written)
        onnx.save(written, path)
    else:
        way = "dynamo" if name == REMAINDERS else "torchscript"
        export.write(path, padding.with_remainders(with_swish(same, memory_efficient=False)), example, way, opset, least)
