"""State dicts, read as tensors only."""

from __future__ import annotations

import pickle
from collections.abc import Collection
from pathlib import Path

import torch
from torch import Tensor, nn

from lib.deploy import BadInput
from lib.deploy.errors import quoted
from lib.inputs.reading import one_line
from lib.inputs.subject import Subject
from lib.networks import checkpoint

_UNUSED = ".num_batches_tracked"


def read(path: Path, expected: Collection[str] = ()) -> dict[str, Tensor]:
    """The state dict in ``path``, as tensors only: a pickle that wants to run code is refused.

    Args:
        path: the file.
        expected: names of the network's tensors, by which a message tells which of several state dicts is the network's.

    Raises:
        BadInput: the file is not a state dict, or holds anything but tensors of real numbers, by name.
    """
    if kind := checkpoint.kind(path):
        raise BadInput(f"{path}: {kind}")
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise BadInput(f"{path}: {checkpoint.wants_code(error, path)}") from None
    except Exception as error:  # a damaged file makes torch's reader raise nearly anything
        raise BadInput(f"{path}: not a PyTorch state dict, or damaged: {one_line(error)}") from None
    if not isinstance(tensors, dict) or not all(isinstance(value, Tensor) for value in tensors.values()):
        raise BadInput(f"{path}: {checkpoint.around(tensors, path, expected)}")
    if not tensors:
        raise BadInput(f"{path}: holds no tensors; save the weights with torch.save(model.state_dict(), path)")
    for name, tensor in tensors.items():
        if not isinstance(name, str):
            raise BadInput(f"{path}: a tensor is named {quoted(name)}; a state dict names its tensors by texts")
        if kind := _unusable(tensor):
            raise BadInput(f"{path}: tensor '{name}' is {kind}; save the weights as plain tensors of real numbers")
    return tensors


def _unusable(tensor: Tensor) -> str:
    """What a tensor is other than plain real numbers; empty where it is no other thing."""
    kinds = {
        "nested": tensor.is_nested,
        "sparse": tensor.layout != torch.strided,
        "quantised": tensor.is_quantized,
        "without values (meta)": tensor.is_meta,
        "complex": tensor.is_complex(),
    }
    return next((kind for kind, holds in kinds.items() if holds), "")


def fitted(tensors: dict[str, Tensor], model: nn.Module, path: Path, subject: Subject) -> dict[str, Tensor]:
    """A state dict that was held against the network that it is for.

    How many batches a batch-norm saw, which no answer depends on and older files do not have, is taken from the model.

    Args:
        tensors: what :func:`read` gave.
        model: the subject's architecture, with any weights.
        path: the file, for error messages.
        subject: whose weights they are.

    Raises:
        BadInput: a tensor is missing, too many, of another shape, of whole numbers, or not finite; or the number of classes is
            another.
    """
    expected = model.state_dict()
    tensors = {name: value for name, value in expected.items() if name.endswith(_UNUSED)} | tensors
    head = tensors.get("_fc.weight")
    if head is not None and head.ndim == 2 and head.shape[0] != len(subject.classes):
        raise BadInput(
            f"{path}: the weights are for {head.shape[0]} classes (tensor '_fc.weight'), "
            f"but field 'count' of [classes] in {subject.path} says {len(subject.classes)}"
        )
    if tensors.keys() != expected.keys() and (said := checkpoint.other_names(tensors, path, expected)):
        raise BadInput(f"{path}: {said}")
    for kind, names in (("misses", expected.keys() - tensors.keys()), ("has surplus", tensors.keys() - expected.keys())):
        if names:
            raise BadInput(
                f"{path}: {kind} {len(names)} tensor{'s' * (len(names) > 1)}, the first is '{min(names)}'; "
                f"field 'architecture' in {subject.path} says {subject.architecture}"
            )
    for name, tensor in expected.items():
        if tensors[name].shape != tensor.shape:
            raise BadInput(
                f"{path}: tensor '{name}' has shape {tuple(tensors[name].shape)}, but {tuple(tensor.shape)} in "
                f"{subject.architecture}, which field 'architecture' in {subject.path} names"
            )
        if tensor.is_floating_point() and not tensors[name].is_floating_point():
            raise BadInput(f"{path}: tensor '{name}' is of {tensors[name].dtype}; save the weights as floating point numbers")
        if not tensors[name].isfinite().all():
            raise BadInput(f"{path}: tensor '{name}' holds NaN or infinity; save the weights of another checkpoint")
    return tensors
