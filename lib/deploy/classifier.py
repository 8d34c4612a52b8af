"""A model file that knows its own preprocessing, and the classifier that reads it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from lib.deploy.contract import Contract
from lib.deploy.errors import BadInput
from lib.deploy.pipelines import Pipeline
from lib.deploy.sessions import open_session
from lib.deploy.stages import Infer, decode, preprocessing, score

CONTRACT_KEY = "handoff.contract"
CLASSES_KEY = "handoff.classes"
PIXELS, PROBABILITIES = "pixels", "probabilities"  # input and output of a file that holds its preprocessing too


@dataclass(frozen=True)
class Model:
    """An ONNX file opened in ONNX Runtime, with what the export wrote into it.

    Attributes:
        path: the file.
        session: ONNX Runtime's session on it; input float32 (N, 3, H, W), output logits float32 (N, classes), or of a file
            with its preprocessing inside, input uint8 (H, W, 3), output probabilities float32 (1, classes).
        contract: the preprocessing that the network expects.
        classes: class names in the order of the logits.
    """

    path: Path
    session: onnxruntime.InferenceSession
    contract: Contract
    classes: tuple[str, ...]

    @property
    def end_to_end(self) -> bool:
        """Whether the file holds resize, normalise and softmax too, and takes a photo's pixels as they were decoded."""
        return self.session.get_inputs()[0].name == PIXELS

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Model:
        """Open ``path``.

        Raises:
            BadInput: there is no such file, ONNX Runtime cannot load it, or it carries no contract.
        """
        path = Path(path)
        if not path.is_file():
            raise BadInput(f"{path}: no such model file; export it first (notebook 01_export)")
        try:
            session = open_session(path)
        except Exception as error:  # ONNX Runtime's own exception classes share no base but Exception
            raise BadInput(f"{path}: ONNX Runtime cannot load this file: {str(error).splitlines()[0]}") from None
        metadata = session.get_modelmeta().custom_metadata_map
        for key in (CONTRACT_KEY, CLASSES_KEY):
            if key not in metadata:
                raise BadInput(f"{path}: the model carries no '{key}'; export it with notebook 01_export, which writes it")
        contract = Contract.from_mapping(json.loads(metadata[CONTRACT_KEY]), f"{path}: {CONTRACT_KEY}")
        return cls(path, session, contract, tuple(json.loads(metadata[CLASSES_KEY])))


def pipeline(model: str | os.PathLike[str]) -> Pipeline:
    """The deployment pipeline for an exported model: what ``--deployment lib.deploy:pipeline`` names.

    Args:
        model: path of an ONNX file written by ``01_export``, which carries its preprocessing contract.

    Raises:
        BadInput: as :meth:`Model.open`; or the file is end to end, so that there are no stages to take apart.
    """
    opened = Model.open(model)
    if opened.end_to_end:
        raise BadInput(
            f"{opened.path}: this file holds its preprocessing and has no stages; open it with lib.deploy.Classifier"
        )
    return _pipeline(opened)


def _pipeline(model: Model) -> Pipeline:
    resize, normalise = preprocessing(model.contract)
    return Pipeline(decode, resize, normalise, Infer(model.session), score)


@dataclass(frozen=True)
class Prediction:
    """One class and its probability, 0..1."""

    index: int
    name: str
    probability: float


class Classifier:
    """Photo in, named probabilities out, from one ONNX file.

    Args:
        model: path of an ONNX file written by ``01_export``: the network, or the end-to-end file.

    Raises:
        BadInput: as :meth:`Model.open`.
    """

    def __init__(self, model: str | os.PathLike[str]) -> None:
        self.model = Model.open(model)

    @cached_property
    def probabilities(self) -> Callable[[bytes], NDArray[np.float32]]:
        """A function from a photo's bytes to probabilities, float32 (1, classes)."""
        if not self.model.end_to_end:
            return _pipeline(self.model)
        run = self.model.session.run
        return lambda data: run([PROBABILITIES], {PIXELS: np.asarray(decode(data))})[0]

    def classify(self, photo: str | os.PathLike[str] | bytes, top: int = 5) -> list[Prediction]:
        """The ``top`` likeliest classes, likeliest first.

        Args:
            photo: path of an image file, or its bytes.
            top: how many classes to give.

        Raises:
            BadInput: the file cannot be read or is not an image that :func:`~lib.deploy.stages.decode` takes.
        """
        if isinstance(photo, bytes):
            data, where = photo, "photo"
        else:
            where = os.fspath(photo)
            try:
                data = Path(photo).read_bytes()
            except OSError as error:
                raise BadInput(f"{where}: {error.strerror}") from None
        try:
            probabilities = self.probabilities(data)[0]
        except BadInput as error:
            raise BadInput(f"{where}: {error}") from None
        likeliest = probabilities.argsort()[::-1][:top]
        return [Prediction(int(i), self.model.classes[i], float(probabilities[i])) for i in likeliest]
