"""Photo in, named probabilities out."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import files, machine, package, photo_memory
from .errors import BadInput, BadModel, BadPhoto, UntestedVersions, quoted
from .model import PIXELS, PROBABILITIES, Model
from .pipelines import Pipeline
from .sessions import CPU, Providers, answering
from .stages import Infer, decode, preprocessing, score
from .versions import unproven


def pipeline(model: str | os.PathLike[str], providers: Providers = CPU) -> Pipeline:
    """The deployment pipeline for an exported model: what ``--deployment lib.deploy:pipeline`` names.

    Args:
        model: path of an ONNX file written by ``01_export``, which carries its preprocessing contract.
        providers: as :class:`Classifier` takes them.

    Raises:
        BadInput: a provider cannot be had here.
        BadModel: as :meth:`Model.open`; or the file is end to end, so that there are no stages to take apart.
    """
    opened = Model.open(model, providers)
    if opened.end_to_end:
        raise BadModel(
            f"{opened.path}: this file holds its preprocessing and has no stages; open it with lib.deploy.Classifier"
        )
    return _pipeline(opened, decode)


def _pipeline(model: Model, decoded: Callable[[bytes], Image.Image]) -> Pipeline:
    resize, normalise = preprocessing(model.contract)
    return Pipeline(decoded, resize, normalise, Infer(model.session, model.domain), score)


@dataclass(frozen=True)
class Prediction:
    """One class and its probability, 0..1."""

    index: int
    name: str
    probability: float


class Classifier:
    """Photo in, named probabilities out, from one ONNX file. Threads may share one.

    Args:
        model: path of an ONNX file written by ``01_export``: the network, or the end-to-end file. None takes the one that lies
            in this package, and holds it to its SHA-256; the workbook itself has none.
        providers: what answers, as ONNX Runtime takes it: ``["CUDAExecutionProvider"]``, or a pair with options. Answers were
            held against PyTorch's on the CPU alone.
        threads: how many work on one answer; 0 takes ``OMP_NUM_THREADS``, where it is set, else the cores that this process
            may use.
        photo_bytes: bytes of memory that decoding one photo may take, its working copies counted; a photo that may need more
            is refused before it is decoded.
        strict: whether the package's own model is refused where Python or a library is in a version that it was not proven
            with; by default :class:`UntestedVersions` is warned of once.

    Attributes:
        providers: names of the providers that run the network, or parts of it, the preferred one first.

    Raises:
        BadInput: a provider cannot be had here; ``strict`` refuses a version; or ``threads`` or ``photo_bytes`` is no such
            number.
        BadModel: as :meth:`Model.open`; or the package's own is not the one that was packed.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        providers: Providers = CPU,
        threads: int = 0,
        photo_bytes: int = photo_memory.MOST,
        *,
        strict: bool = False,
    ) -> None:
        if type(photo_bytes) is not int or photo_bytes < 1:
            raise BadInput(f"photo_bytes: is {quoted(photo_bytes)}; it takes a whole number of bytes, 1 or more")
        self.photo_bytes = photo_bytes
        self._packed = model is None
        if model is None:
            _require_proven(strict)
            # tried when it was packed, and held to be that file
            self.model = package.opened(lambda path: Model.open(path, providers, tried=True, threads=threads))
        else:
            self.model = Model.open(model, providers, threads=threads)
        self.providers = answering(self.model.session)

    def at_once(self, beside: int = 0) -> int:
        """How many answers a service should work on at once: one for each core, or as many as its memory holds.

        Args:
            beside: bytes of memory to keep for something else, such as requests that wait.

        Raises:
            BadInput: not one answer fits; or the model is not a package's own, so that nobody measured what it needs.
        """
        if not self._packed:
            raise BadInput("at_once: only of a package's own model is it known what an answer needs")
        answer = self.photo_bytes + package.manifest().memory["answer"]
        there, taken = machine.memory(), machine.held() + beside
        if there and there < taken + answer:
            raise BadInput(
                f"memory: one answer may take {answer / 1e6:,.0f} MB beside {taken / 1e6:,.0f} MB that are taken or kept, and "
                f"{there / 1e6:,.0f} MB are there; give more, or a smaller photo_bytes"
            )
        return min(machine.cores(), (there - taken) // answer) if there else machine.cores()

    @cached_property
    def probabilities(self) -> Callable[[bytes], NDArray[np.float32]]:
        """A function from a photo's bytes to probabilities, float32 (1, classes)."""
        if not self.model.end_to_end:
            return _pipeline(self.model, self._decoded)
        return self._end_to_end

    def _decoded(self, data: bytes) -> Image.Image:
        return decode(data, self.photo_bytes)

    def _end_to_end(self, data: bytes) -> NDArray[np.float32]:
        picture = self._decoded(data)
        self.model.domain.require(*preprocessing(self.model.contract)[0].fed(*picture.size))
        answer: NDArray[np.float32] = self.model.session.run([PROBABILITIES], {PIXELS: np.asarray(picture)})[0]
        return answer

    def classify(self, photo: str | os.PathLike[str] | bytes | bytearray | memoryview, top: int = 5) -> list[Prediction]:
        """The ``top`` likeliest classes, likeliest first.

        Args:
            photo: path of an image file, or its bytes.
            top: how many classes to give, 1 or more; of fewer classes all are given.

        Raises:
            BadInput: ``top`` is less than 1.
            BadPhoto: the file cannot be read, is not an image that :func:`~lib.deploy.stages.decode` takes, or is of a shape
                that leads outside of the model's domain.
            BadModel: the network answers with NaN.
        """
        if top < 1:
            raise BadInput(f"top is {top}; it takes a whole number, 1 or more")
        if isinstance(photo, bytes | bytearray | memoryview):
            data, where = bytes(photo), "photo"
        else:
            where = os.fspath(photo)
            try:
                data = files.read(where, files.PHOTO)
            except OSError as error:
                raise BadPhoto(f"{where}: {error.strerror}") from None
        try:
            probabilities = self.probabilities(data)[0]
        except BadPhoto as error:
            raise BadPhoto(f"{where}: {error}") from None
        if not np.isfinite(probabilities).all():
            raise BadModel(f"{where}: the network answers with NaN; hold {self.model.path} against its SHA-256")
        likeliest = probabilities.argsort()[::-1][:top]
        return [Prediction(int(i), self.model.classes[i], float(probabilities[i])) for i in likeliest]


def _require_proven(strict: bool) -> None:
    """Let the versions pass that the package was proven with, and warn of others, or refuse them."""
    others = unproven(package.manifest())
    if not others:
        return
    said = f"{'; '.join(map(str, others))}: answers may differ from those that were proven; selftest says whether they do"
    if strict:
        raise BadInput(said)
    warnings.warn(said, UntestedVersions, stacklevel=3)
