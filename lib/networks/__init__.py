"""Subjects as PyTorch modules: a file a family."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from lib.deploy import BadInput
from lib.inputs.reading import unknown
from lib.inputs.subject import Subject
from lib.networks import efficientnet, efficientnet_lite, stand_in, state_dict
from lib.networks.family import Family

FAMILIES = (efficientnet_lite.FAMILY, efficientnet.FAMILY)


def family(subject: Subject) -> Family:
    """The family that a subject's network is of.

    Raises:
        BadInput: no family has such an architecture, or the subject's image size is too small for it.
    """
    known = {name: each for each in FAMILIES for name in each.architectures}
    if subject.architecture not in known:
        raise BadInput(f"{subject.path}: field 'architecture': {unknown('architecture', subject.architecture, known)}")
    chosen = known[subject.architecture]
    if subject.image_size < chosen.least:
        raise BadInput(
            f"{subject.path}: field 'image_size' is {subject.image_size}; {subject.architecture} takes {chosen.least} pixels "
            "or more"
        )
    return chosen


def build(subject: Subject, weights: Path) -> nn.Module:
    """The subject's network with its weights, in evaluation mode.

    Args:
        subject: what to build.
        weights: a file that :func:`lib.inputs.weights.locate` gave.

    Returns:
        A module from float32 (N, 3, H, W) to logits float32 (N, classes), with memory-efficient swish where it has swish.

    Raises:
        BadInput: the file is not a state dict of this architecture with this number of classes.
    """
    chosen = family(subject)
    model = chosen.empty(subject)
    tensors = state_dict.read(weights, model.state_dict())
    if subject.weights.stand_in:
        return stand_in.filled(subject, model, tensors)
    tensors = state_dict.fitted(tensors, model, weights, subject)
    return chosen.filled(subject, model, tensors, weights).eval()
