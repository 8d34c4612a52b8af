"""The deployment: ours, or a team's own, by ``package.module:attribute``."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lib.deploy import STAGES, BadInput, Pipeline
from lib.inputs.reading import one_line, unknown

DEFAULT = "lib.deploy:pipeline"


def factory(name: str) -> Callable[[Path], Pipeline]:
    """What ``name`` names: a function from the path of an ONNX file to a :class:`lib.deploy.Pipeline`.

    Args:
        name: ``package.module:attribute``; the module must be importable from the folder the run was started in.

    Raises:
        BadInput: the name is malformed, or there is no such module or attribute.
    """
    module_name, colon, attribute = name.partition(":")
    if not (module_name and colon and attribute):
        raise BadInput(f"deployment '{name}': write it as package.module:pipeline")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # importing runs a team's own code, which may raise anything
        raise BadInput(f"deployment '{name}': cannot import {module_name}: {type(error).__name__}: {one_line(error)}") from None
    if not callable(getattr(module, attribute, None)):
        public = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise BadInput(f"deployment '{name}': {unknown(f'function in {module_name}', attribute, public)}")
    function: Callable[[Path], Pipeline] = getattr(module, attribute)
    return function


def build(name: str, model: Path) -> Pipeline:
    """The pipeline that ``name`` makes for an exported model.

    Raises:
        BadInput: as :func:`factory`, or what it made is no :class:`lib.deploy.Pipeline`.
    """
    try:
        made = factory(name)(model)
    except BadInput:
        raise
    except Exception as error:  # a team's own code
        raise BadInput(f"deployment '{name}': raised {type(error).__name__} on {model}: {one_line(error)}") from error
    if not isinstance(made, Pipeline):
        raise BadInput(f"deployment '{name}' gave a {type(made).__name__}; it must return a lib.deploy.Pipeline")
    return made


def guarded(pipeline: Pipeline, name: str, classes: int) -> Pipeline:
    """The same pipeline with each stage watched, so that whatever a team's code does wrong is said in one line.

    Args:
        pipeline: the deployment.
        name: its name, for messages.
        classes: how many logits the subject has.

    Returns:
        A pipeline whose stages raise BadInput where the original raises anything, or gives what the next stage cannot take:
        decode and resize a Pillow RGB image or a uint8 (H, W, 3) array, normalise float32 (1, 3, h, w), infer and score
        (N, classes).
    """
    return Pipeline(**{stage: _Guard(name, stage, getattr(pipeline, stage), classes) for stage in STAGES})


@dataclass(frozen=True)
class _Guard:
    name: str
    stage: str
    function: Callable[[Any], Any]
    classes: int

    def __call__(self, value: Any) -> Any:
        try:
            output = self.function(value)
            array = np.asarray(output)
        except Exception as error:  # a team's own code
            raise BadInput(
                f"deployment '{self.name}': stage {self.stage} raised {type(error).__name__}: {one_line(error)}"
            ) from error
        wanted = {
            "decode": ("a uint8 (H, W, 3) picture", array.dtype == np.uint8 and array.ndim == 3 and array.shape[2] == 3),
            "resize": ("a uint8 (H, W, 3) picture", array.dtype == np.uint8 and array.ndim == 3 and array.shape[2] == 3),
            "normalise": ("float32 (1, 3, H, W)", array.dtype == np.float32 and array.ndim == 4 and array.shape[1] == 3),
            "infer": (f"(N, {self.classes}) logits", array.ndim == 2 and array.shape[1] == self.classes),
            "score": (f"(N, {self.classes}) probabilities", array.ndim == 2 and array.shape[1] == self.classes),
        }
        what, fits = wanted[self.stage]
        if not fits:
            raise BadInput(
                f"deployment '{self.name}': stage {self.stage} gave {array.dtype} {array.shape}; it must give {what}"
            )
        return output
