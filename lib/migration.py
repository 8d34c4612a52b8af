"""Everything a notebook looks at: a subject, its network, photos, and the two pipelines that are compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from efficientnet_pytorch import EfficientNet

from lib import deployment, export, model, photos, reference, subject, weights
from lib.deploy import Pipeline, Trace
from lib.photos import Photo, Photos
from lib.subject import Subject

STORY = "b0-imagenet"
STORY_STAND_IN = "b0-stand-in"


@dataclass(frozen=True)
class Migration:
    """A subject on its way from PyTorch to a deployment. The costly parts are made when first asked for.

    Attributes:
        subject: the model under migration.
        photos: what it is tried on.
        weights_path: the checked weights file.
        deployment_name: the pipeline in the dock, as ``package.module:attribute``.
        exporter: ``dynamo`` or ``torchscript``.
        opset: the ONNX operator set asked for.
    """

    subject: Subject
    photos: Photos
    weights_path: Path
    deployment_name: str
    exporter: str
    opset: int

    @cached_property
    def weights_sha256(self) -> str:
        """SHA-256 of the weights file."""
        return weights.digest_of(self.weights_path)

    @cached_property
    def model(self) -> EfficientNet:
        """The network in PyTorch, in evaluation mode."""
        return model.build(self.subject, self.weights_path)

    @cached_property
    def onnx_path(self) -> Path:
        """The exported network, one file."""
        return export.exported(self.subject, self.model, self.weights_sha256, self.exporter, self.opset)

    @cached_property
    def reference(self) -> Pipeline:
        """PyTorch's pipeline."""
        return reference.pipeline(self.model, self.subject.contract)

    @cached_property
    def deployment(self) -> Pipeline:
        """The pipeline in the dock, each stage guarded as :func:`lib.deployment.guarded` says."""
        made = deployment.build(self.deployment_name, self.onnx_path)
        return deployment.guarded(made, self.deployment_name, len(self.subject.classes))

    @cached_property
    def reference_traces(self) -> list[tuple[Photo, Trace]]:
        """Each readable photo with the reference's trace, the decoded picture left out: those would fill the memory."""
        return [(photo, without_picture(self.reference.trace(photo.data))) for photo in self.photos.readable]

    @cached_property
    def story(self) -> Migration:
        """The migration that the swish story is told on: this one where its network has swish, else EfficientNet-B0's.

        B0 comes with its ImageNet weights where those were downloaded before, since nothing is downloaded unasked, and with
        the stand-in's where they were not.
        """
        if self.subject.has_swish:
            return self
        b0 = subject.load(STORY)
        chosen = b0 if weights.at_hand(b0) else subject.load(STORY_STAND_IN)
        return Migration(chosen, self.photos, weights.locate(chosen), deployment.DEFAULT, self.exporter, self.opset)


def without_picture(trace: Trace) -> Trace:
    """The trace with an empty picture for the decoded photo, which at full size takes 3 bytes a pixel."""
    return replace(trace, decode=trace.decode[:0])


def load(
    subject_name: str,
    photos_path: str = "",
    deployment_name: str = deployment.DEFAULT,
    weights_path: str = "",
    exporter: str = "dynamo",
    opset: int = export.DEFAULT_OPSET,
) -> Migration:
    """Read and check what a run is about; nothing is built or exported yet.

    Args:
        subject_name: a built-in subject, or the path of a TOML file.
        photos_path: a photo, a folder of photos, or empty for the bundled ones.
        deployment_name: as :func:`lib.deployment.factory` takes it.
        weights_path: a local weights file in place of the subject's own source, or empty.
        exporter: ``dynamo`` or ``torchscript``.
        opset: the ONNX operator set to ask for.

    Raises:
        BadInput: any of these cannot be used.
    """
    chosen = subject.load(subject_name)
    found = photos.within(photos.load(photos_path), chosen.contract, export.domain(chosen))
    deployment.factory(deployment_name)
    return Migration(chosen, found, weights.locate(chosen, weights_path), deployment_name, exporter, opset)
