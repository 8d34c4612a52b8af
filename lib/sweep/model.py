"""The exported model as a sweep's worker opens it: once a process, on one thread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lib.deploy import BadInput, Contract, Model, Pipeline, files
from lib.deploy.sessions import open_session
from lib.deploy.stages import Infer, decode, preprocessing, score
from lib.inputs.reading import read_bytes, sha256

THREADS = 1  # of a session: workers are processes, and as many as there are cores


@dataclass(frozen=True)
class SweptModel:
    """An exported model and the pipeline that it makes by itself.

    Attributes:
        path: of the ONNX file.
        pipeline: its deployment pipeline.
        contract: the preprocessing that it states.
        classes: class names in the order of the logits.
    """

    path: Path
    pipeline: Pipeline
    contract: Contract
    classes: tuple[str, ...]

    @classmethod
    @lru_cache(maxsize=4)
    def opened(cls, path: str, digest: str) -> SweptModel:
        """The model in a file; the same object for the same file.

        Args:
            path: of the ONNX file.
            digest: its SHA-256.

        Raises:
            BadInput: the file cannot be read, is another one by now, or cannot be used: as :meth:`lib.deploy.Model.open`, or it
                holds its preprocessing, so that there are no stages to take apart.
        """
        if sha256(read_bytes(Path(path), "model", files.MODEL)) != digest:
            raise BadInput(f"model {path}: is another file than was named; start again")
        model = Model.open(path)
        if model.end_to_end:
            raise BadInput(f"model {path}: this file holds its preprocessing; name the network's own file")
        resize, normalise = preprocessing(model.contract)
        infer = Infer(open_session(path, threads=THREADS), model.domain)
        return cls(Path(path), Pipeline(decode, resize, normalise, infer, score), model.contract, model.classes)
