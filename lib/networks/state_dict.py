"""State dicts, read as tensors only."""

from __future__ import annotations

import pickle
from pathlib import Path

import torch
from torch import Tensor, nn

from lib.deploy import BadInput
from lib.deploy.errors import quoted
from lib.inputs.reading import one_line
from lib.inputs.subject import Subject


def read(path: Path) -> dict[str, Tensor]:
    """The state dict in ``path``, as tensors only: a pickle that wants to run code is refused.

    Raises:
        BadInput: the file is not a state dict, or holds anything but tensors of real numbers, by name.
    """
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise BadInput(
            f"{path}: not a file of tensors only, so it is refused: loading it could run code; "
            "save it again with torch.save(model.state_dict(), path)"
        ) from None
    except Exception as error:  # a damaged file makes torch's reader raise nearly anything
        raise BadInput(f"{path}: not a PyTorch state dict: {one_line(error)}") from None
    if not isinstance(tensors, dict) or not all(isinstance(value, Tensor) for value in tensors.values()):
        raise BadInput(f"{path}: holds more than a state dict; save it again with torch.save(model.state_dict(), path)")
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


def check(tensors: dict[str, Tensor], model: nn.Module, path: Path, subject: Subject) -> None:
    """Hold a state dict against the network that it is for.

    Args:
        tensors: what :func:`read` gave.
        model: the subject's architecture, with any weights.
        path: the file, for error messages.
        subject: whose weights they are.

    Raises:
        BadInput: a tensor is missing, too many or of another shape, or the number of classes is another.
    """
    expected = model.state_dict()
    head = tensors.get("_fc.weight")
    if head is not None and head.ndim == 2 and head.shape[0] != len(subject.classes):
        raise BadInput(
            f"{path}: the weights are for {head.shape[0]} classes (tensor '_fc.weight'), "
            f"but field 'count' of [classes] in {subject.path} says {len(subject.classes)}"
        )
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
