"""Hand-offs and folders of a few photos, and what a reference is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lib.deploy import STAGES, Pipeline
from lib.handoff import Handoff
from lib.inputs import photos
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
