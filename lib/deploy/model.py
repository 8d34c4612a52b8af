"""An ONNX file that knows its own preprocessing, and whether it can be used here."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from . import files
from .contract import Contract
from .domain import Domain
from .errors import BadInput, BadModel, quoted
from .loops import has_loop
from .sessions import CPU, Providers, open_session

CONTRACT_KEY = "handoff.contract"
CLASSES_KEY = "handoff.classes"
DOMAIN_KEY = "handoff.domain"
IMAGE = "image"  # input of the network's file
PIXELS, PROBABILITIES = "pixels", "probabilities"  # input and output of a file that holds its preprocessing too
_AXES = {IMAGE: ("batch", "channels", "height", "width"), PIXELS: ("height", "width", "channels")}
_TYPES = {IMAGE: "tensor(float)", PIXELS: "tensor(uint8)"}


@dataclass(frozen=True)
class Model:
    """An ONNX file opened in ONNX Runtime, with what the export wrote into it.

    Attributes:
        path: the file.
        session: ONNX Runtime's session on it; input float32 (N, 3, H, W), output logits float32 (N, classes), or of a file
            with its preprocessing inside, input uint8 (H, W, 3), output probabilities float32 (1, classes).
        contract: the preprocessing that the network expects.
        domain: the sizes that the network may be fed.
        classes: class names in the order of the logits.
    """

    path: Path
    session: onnxruntime.InferenceSession
    contract: Contract
    domain: Domain
    classes: tuple[str, ...]

    @property
    def end_to_end(self) -> bool:
        """Whether the file holds resize, normalise and softmax too, and takes a photo's pixels as they were decoded."""
        return self.session.get_inputs()[0].name == PIXELS

    @classmethod
    def open(cls, path: str | os.PathLike[str], providers: Providers = CPU, tried: bool = False, threads: int = 0) -> Model:
        """Open ``path`` and try it on a plain grey picture.

        Args:
            path: an ONNX file.
            providers: as :func:`lib.deploy.sessions.open_session` takes them.
            tried: whether this very file was tried before, so that it need not be again.
            threads: as :func:`lib.deploy.sessions.open_session` takes them.

        Raises:
            BadInput: a provider cannot be had here.
            BadModel: there is no such file, ONNX Runtime cannot load it, it has a loop, it carries no
                contract or one that cannot be used, its input is not what notebook 01_export writes, or it answers with NaN;
                one line says which.
        """
        path = Path(path)
        try:
            with files.open_regular(path, files.MODEL) as file:  # ONNX Runtime opens it itself, to find weights beside it
                loop = has_loop(file)
        except FileNotFoundError:
            raise BadModel(f"{path}: no such model file; export it first (notebook 01_export)") from None
        except OSError as error:
            raise BadModel(f"{path}: {error.strerror}; export it with notebook 01_export") from None
        if loop:
            raise BadModel(f"{path}: has a Loop, which may never end; export it with notebook 01_export, which writes none")
        try:
            session = open_session(path, threads=threads, providers=providers)
        except BadInput:
            raise
        except Exception as error:  # ONNX Runtime's own exception classes share no base but Exception
            raise BadModel(f"{path}: {_in_plain_words(str(error))}") from None
        metadata = session.get_modelmeta().custom_metadata_map
        try:
            contract = Contract.from_mapping(_entry(metadata, CONTRACT_KEY), CONTRACT_KEY)
            domain = Domain.from_mapping(_entry(metadata, DOMAIN_KEY), DOMAIN_KEY)
            classes = _names(_entry(metadata, CLASSES_KEY))
        except BadInput as error:
            raise BadModel(f"{path}: {error}; export it with notebook 01_export") from None
        complaint = _of_input(session.get_inputs())
        if complaint := complaint or ("" if tried else _of_answer(session, domain.least, len(classes))):
            raise BadModel(f"{path}: {complaint}; export it with notebook 01_export")
        return cls(path, session, contract, domain, classes)


def _entry(metadata: dict[str, str], key: str) -> object:
    """One entry of a file's metadata, from its JSON."""
    if key not in metadata:
        raise BadModel(f"the model carries no '{key}'")
    try:
        return json.loads(metadata[key])
    except (ValueError, RecursionError):  # nested thousands deep
        raise BadModel(f"{key}: is {quoted(metadata[key])}, which is no JSON") from None


def _names(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(name, str) and _in_utf8(name) for name in values):
        raise BadModel(f"{CLASSES_KEY}: is {quoted(values)}; it takes a list of class names")
    return tuple(values)


def _in_utf8(name: str) -> bool:
    r"""Whether a name can be printed and written: JSON lets one hold half of a character, as in "\ud800"."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _in_plain_words(said: str) -> str:
    """What ONNX Runtime says against a file, in one line that says what to do."""
    if "INVALID_PROTOBUF" in said or "No graph was found" in said:
        return "not an ONNX file, or cut short; copy or export it again"
    if "External data" in said:
        missing = re.search(r'"([^"]+)"', said)
        name = Path(missing[1]).name if missing else "another file"
        return f"its weights are kept in {name}, which is not beside it; hand over both, or export it into one file"
    if newer := re.search(r"Opset (\d+) is under development|Unsupported model IR version: (\d+)", said):
        what = f"operator set {newer[1]}" if newer[1] else f"file version {newer[2]}"
        return f"written in {what}, newer than onnxruntime {onnxruntime.__version__} knows; update it, or export lower"
    return f"ONNX Runtime cannot load this file: {_first_line(said)}"


def _first_line(said: str) -> str:
    return next(iter(said.splitlines()), "it does not say why")


def _of_input(inputs: list[Any]) -> str:
    """What is wrong with a file's inputs; empty where nothing is."""
    names = ", ".join(f"'{each.name}'" for each in inputs)
    if len(inputs) != 1 or inputs[0].name not in _AXES:
        return f"it takes {names or 'nothing'} where one input is expected, '{IMAGE}' or, with preprocessing inside, '{PIXELS}'"
    name, shape, axes = inputs[0].name, inputs[0].shape, _AXES[inputs[0].name]
    expected = f"'{name}' is expected as {_TYPES[name][7:-1]} ({', '.join(axes).replace('channels', '3')})"
    if inputs[0].type != _TYPES[name] or len(shape) != len(axes) or shape[axes.index("channels")] != 3:
        return f"{expected}, and it takes {inputs[0].type[7:-1]} ({', '.join(map(str, shape))})"
    fixed = [f"{axis} {side}" for axis, side in zip(axes, shape, strict=True) if axis != "channels" and type(side) is int]
    return f"{expected} of any size, and it takes only {', '.join(fixed)}" if fixed else ""


def _of_answer(session: onnxruntime.InferenceSession, side: int, classes: int) -> str:
    """What is wrong with the answer to a plain grey picture of the smallest size; empty where nothing is."""
    name = session.get_inputs()[0].name
    grey = np.zeros((1, 3, side, side), np.float32) if name == IMAGE else np.full((side, side, 3), 127, np.uint8)
    try:
        answer = np.asarray(session.run(None, {name: grey})[0])
    except Exception as error:  # ONNX Runtime's own
        return f"it cannot answer a plain grey picture of {side} × {side} pixels: {_first_line(str(error))}"
    if answer.dtype != np.float32 or answer.shape != (1, classes):
        return f"it answers with {answer.dtype} {answer.shape}, and names {classes} classes: float32 (1, {classes}) is expected"
    return "" if np.isfinite(answer).all() else "it answers a plain grey picture with NaN, so a weight of it is NaN or infinite"
