"""A hand-off: a subject with its photos, its exported file and the two pipelines that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from torch import nn

from lib import networks
from lib.deploy import BadInput, Model, Pipeline
from lib.deploy.errors import printable
from lib.export import exporter as export
from lib.inputs import deployment, levels, photos, subject, weights
from lib.inputs.deployment import Deployment
from lib.inputs.photos import Photos
from lib.inputs.subject import Subject
from lib.networks import reference

STORY = "b0-imagenet"
STORY_STAND_IN = "b0-stand-in"


@dataclass(frozen=True)
class Handoff:
    """What one run is about. The costly parts are made when first asked for.

    Attributes:
        subject: the model that is handed over.
        photos: what it is tried on.
        weights_path: the checked weights file.
        deployment_name: the torch-free pipeline under test, as ``package.module:attribute``.
        exporter: ``dynamo`` or ``torchscript``.
        opset: the ONNX operator set asked for.
        time_limit: seconds that importing the deployment, building it and each call of a stage may take, each by itself.
    """

    subject: Subject
    photos: Photos
    weights_path: Path
    deployment_name: str
    exporter: str
    opset: int
    time_limit: float = deployment.TIME_LIMIT

    @property
    def weights_name(self) -> str:
        """The name of the weights file, made printable."""
        return printable(self.weights_path.name)

    @cached_property
    def weights_sha256(self) -> str:
        """SHA-256 of the weights file."""
        return weights.digest_of(self.weights_path)

    @cached_property
    def model(self) -> nn.Module:
        """The network in PyTorch, in evaluation mode."""
        return networks.build(self.subject, self.weights_path)

    @cached_property
    def onnx_path(self) -> Path:
        """The exported network, one file that the deployment can open.

        Raises:
            BadInput: as :meth:`lib.deploy.Model.open`, or it is an end-to-end file.
        """
        path = export.exported(self.subject, lambda: self.model, self.weights_sha256, self.exporter, self.opset)
        if Model.open(path).end_to_end:
            raise BadInput(f"{path}: this file holds its preprocessing, and the network by itself is expected; export it again")
        return path

    @cached_property
    def reference(self) -> Pipeline:
        """PyTorch's pipeline."""
        return reference.pipeline(self.model, self.subject.contract)

    @cached_property
    def deployment(self) -> Pipeline:
        """The pipeline under test, stage by stage in :attr:`deployment_process`."""
        return self.deployment_process.pipeline

    @cached_property
    def deployment_process(self) -> Deployment:
        """The pipeline under test in a process that ends when nothing refers to it any more."""
        return self.opened_deployment()

    def opened_deployment(self, without: Sequence[str] = (), name: str = "") -> Deployment:
        """The deployment in a process of its own, for a ``with`` block.

        Args:
            without: modules that cannot be imported there, as on a machine that has them not.
            name: of another deployment, in place of this hand-off's.

        Raises:
            BadInput: as :func:`lib.inputs.deployment.opened`.
        """
        classes = len(self.subject.classes)
        opened = deployment.opened(name or self.deployment_name, self.onnx_path, classes, self.time_limit, without)
        opened.pipeline = levels.normalising(opened.pipeline, self.subject.contract)
        return opened

    @cached_property
    def story(self) -> Handoff:
        """The hand-off that the swish story is told on: this one where its network has swish, else EfficientNet-B0's.

        B0 comes with its ImageNet weights where those were downloaded before, since nothing is downloaded unasked, and with
        the stand-in's where they were not.
        """
        if networks.family(self.subject).has_swish:
            return self
        b0 = subject.load(STORY)
        chosen = b0 if weights.at_hand(b0) else subject.load(STORY_STAND_IN)
        return replace(self, subject=chosen, weights_path=weights.locate(chosen), deployment_name=deployment.DEFAULT)


def load(
    subject_name: str,
    photos_path: str = "",
    deployment_name: str = deployment.DEFAULT,
    weights_path: str = "",
    exporter: str = "dynamo",
    opset: int = export.DEFAULT_OPSET,
    time_limit: float = deployment.TIME_LIMIT,
) -> Handoff:
    """Read and check what a run is about; nothing is built or exported yet.

    Args:
        subject_name: a built-in subject, or the path of a TOML file.
        photos_path: a photo, a folder of photos, or empty for the bundled ones.
        deployment_name: as :func:`lib.inputs.deployment.opened` takes it.
        weights_path: a local weights file in place of the subject's own source, or empty.
        exporter: ``dynamo`` or ``torchscript``.
        opset: the ONNX operator set to ask for.
        time_limit: seconds that importing the deployment, building it and each call of a stage may take, each by itself.

    Raises:
        BadInput: any of these cannot be used.
    """
    chosen = subject.load(subject_name)
    networks.family(chosen)
    found = photos.within(photos.load(photos_path), chosen.contract, export.domain(chosen))
    deployment.check(deployment_name, time_limit)
    return Handoff(chosen, found, weights.locate(chosen, weights_path), deployment_name, exporter, opset, time_limit)
