"""Hand-offs and folders of a few photos, and what a reference is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from lib.deploy import STAGES, Pipeline
from lib.handoff import Handoff
from lib.inputs import photos, weights
from lib.inputs.photos import Photo, Photos


def of_photos(handoff: Handoff, *names: str) -> Handoff:
    """The hand-off with these photos alone, in this order; its network and its pipelines are shared."""
    by_name = {photo.name: photo for photo in handoff.photos.readable}
    return changed(handoff, [by_name[name] for name in names])


def changed(handoff: Handoff, readable: Sequence[Photo], **pipelines: Pipeline) -> Handoff:
    """The hand-off with other photos, and with pipelines of its own where they are given; the rest is shared."""
    copy = replace(handoff, photos=Photos(tuple(readable), ()))
    made = {name: getattr(handoff, name) for name in ("model", "onnx_path", "reference", "deployment")}
    vars(copy).update(made | pipelines)
    return copy


def copied(folder: Path, *names: str) -> Path:
    """The folder, made if it is missing, with these bundled photos in it."""
    folder.mkdir(exist_ok=True)
    for photo in photos.load().readable:
        if photo.name in names:
            (folder / photo.name).write_bytes(photo.data)
    return folder


def of_three_classes(network: Handoff, folder: Path) -> Path:
    """A network with three classes, which crops: its state dict and the TOML file that is given."""
    state = dict(network.model.state_dict())
    state["_fc.weight"], state["_fc.bias"] = (
        state["_fc.weight"][[504, 282, 920]].clone(),
        state["_fc.bias"][[504, 282, 920]].clone(),
    )
    torch.save(state, folder / "mine.pth")
    path = folder / "mine.toml"
    path.write_text(
        f"""\
about = "A fine-tuned network with three classes."
architecture = "{network.subject.architecture}"
image_size = 224
[weights]
file = "mine.pth"
sha256 = "{weights.digest_of(folder / "mine.pth")}"
[classes]
count = 3
names = ["cup", "cat", "car"]
[preprocessing]
size = 256
rule = "shorter-side-crop"
crop = 224
filter = "bicubic"
mean = [0.485, 0.456, 0.406]
std = [0.229, 0.224, 0.225]
"""
    )
    return path


@dataclass
class Asked:
    """What each stage of a pipeline was given, in the order in which it was."""

    inputs: dict[str, list[Any]] = field(default_factory=lambda: {stage: [] for stage in STAGES})

    def of(self, pipeline: Pipeline) -> Pipeline:
        return Pipeline(**{stage: self._stage(stage, getattr(pipeline, stage)) for stage in STAGES})

    def _stage(self, name: str, function: Any) -> Any:
        def stage(value: Any) -> Any:
            self.inputs[name].append(value)
            return function(value)

        return stage


def asked(handoff: Handoff) -> tuple[Handoff, Asked]:
    """The hand-off with a reference that writes down what its stages are given."""
    written = Asked()
    return changed(handoff, handoff.photos.readable, reference=written.of(handoff.reference)), written
