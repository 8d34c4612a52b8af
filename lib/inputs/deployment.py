"""The deployment: ours, or a team's own, by ``package.module:attribute``. It runs in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from lib.deploy import STAGES, BadInput, Pipeline
from lib.guarded import wire
from lib.guarded.process import Ended, Process, Raised
from lib.guarded.wire import NoNumbers
from lib.inputs.reading import unknown

DEFAULT = "lib.deploy:pipeline"
TIME_LIMIT = 60.0  # seconds; on two cores no stage of ours takes one
WEEK = 604_800  # seconds: more than the clocks of sockets take is no limit


class Over(BadInput):
    """The deployment's process is over: it died, or took too long. Nothing more can be asked of it."""


@dataclass(frozen=True)
class Usage:
    """What a process takes of the machine.

    Attributes:
        memory: resident set size, in bytes.
        files: open file descriptors.
        threads: of the process.
    """

    memory: int
    files: int
    threads: int


@dataclass(frozen=True)
class Brought:
    """Installed modules, and programs, that a process came to hold: neither Python's own nor what this project imports itself.

    Attributes:
        at_start: brought when it was imported and built, and by the first call of each stage.
        later: brought by another call, each with its stage.
    """

    at_start: tuple[str, ...]
    later: dict[str, str]


class Deployment:
    """A deployment in a process of its own, as :func:`opened` gives it. Leaving the ``with`` block ends it.

    Attributes:
        pipeline: its stages. Each raises BadInput, one line, where the original raises anything, ends its process, takes longer
            than the time limit, or gives what the next stage cannot take: decode and resize a Pillow RGB image or a uint8
            (H, W, 3) array, normalise float32 (1, 3, h, w) or, where the network
            normalises by itself, levels, uint8 (1, 3, h, w), infer and score (N, classes). What they give are copies,
            pictures as their pixels alone. Once the process is over, every stage raises the same line, as :class:`Over`.
    """

    def __init__(self, name: str, process: Process, classes: int, time_limit: float) -> None:
        self._name = name
        self._process = process
        self._classes = classes
        self._time_limit = time_limit
        self.pipeline = Pipeline(**{stage: _Stage(name, stage, process, classes, time_limit) for stage in STAGES})

    def __enter__(self) -> Deployment:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def answers(self, photos: Sequence[bytes], threads: int = 1) -> list[NDArray[np.float32] | BadInput]:
        """The pipeline's answer to each photo, from one stage to the next within the process, as a service would ask it.

        Args:
            photos: the bytes of each.
            threads: how many are answered at a time, each in a thread there.

        Returns:
            For each photo, in order, probabilities (1, classes), or the error that says what went wrong.
        """
        return self._asked({"do": "photos", "count": len(photos), "threads": threads}, photos)

    def answers_of_a_copy(self, photos: Sequence[bytes]) -> list[NDArray[np.float32] | BadInput]:
        """As :meth:`answers`, of a copy of the process that is made by a fork, as a server makes its workers."""
        return self._asked({"do": "forked", "count": len(photos)}, photos)

    def usage(self) -> Usage:
        """What the process takes of the machine now."""
        process = psutil.Process(self._process.number)
        with process.oneshot():
            return Usage(process.memory_info().rss, process.num_fds(), process.num_threads())

    def brought(self) -> Brought:
        """What was imported and started there beside the deployment's own code.

        Raises:
            Over: the process is over.
        """
        try:
            told, _ = self._process.ask("looking at its modules", self._time_limit, {"do": "seen"})
        except Ended as error:
            raise Over(f"deployment {self._name!r}: {error}") from None
        return Brought(tuple(told["at_start"]), dict(told["later"]))

    def _asked(self, asked: dict[str, Any], photos: Sequence[bytes]) -> list[NDArray[np.float32] | BadInput]:
        limit = self._time_limit * len(STAGES)
        outcomes = self._process.ask_each("answering photos", limit, asked, [wire.packed(photo) for photo in photos])
        return [self._answer(outcome) for outcome in outcomes]

    def _answer(self, outcome: tuple[dict[str, Any], Any] | Raised | Ended) -> NDArray[np.float32] | BadInput:
        if isinstance(outcome, Ended):
            return Over(f"deployment {self._name!r}: {outcome}")
        if isinstance(outcome, Raised):
            return _raised(self._name, outcome.about["stage"], outcome)
        try:
            return np.asarray(_fitting(self._name, "score", outcome[1], self._classes), np.float32)
        except BadInput as error:
            return error


def opened(name: str, model: Path, classes: int, time_limit: float = TIME_LIMIT, without: Sequence[str] = ()) -> Deployment:
    """What ``name`` makes of an exported model, in a process of its own.

    Args:
        name: ``package.module:attribute``, a function from the path of an ONNX file to a :class:`lib.deploy.Pipeline`; the
            module must be importable here.
        model: the exported file.
        classes: how many logits the subject has.
        time_limit: seconds that importing the module, building the pipeline and each call of a stage may take, each by itself.
        without: modules that cannot be imported there, as on a machine that has them not.

    Raises:
        BadInput: as :func:`check`, or building raised something, took too long, or made no pipeline.
    """
    process = _imported(name, time_limit, without)
    try:
        made, _ = process.ask("building the pipeline", time_limit, {"do": "build", "model": str(model)})
    except Ended as error:
        raise BadInput(f"deployment {name!r}: {error}") from None
    except Raised as error:
        process.close()
        if error.bad_input:
            raise BadInput(error.said) from None
        raise BadInput(f"deployment {name!r}: raised {error.kind} on {model}: {error.said}") from None
    if made["made"]:
        process.close()
        raise BadInput(f"deployment {name!r} gave a {made['made']}; it must return a lib.deploy.Pipeline")
    return Deployment(name, process, classes, time_limit)


def check(name: str, time_limit: float = TIME_LIMIT) -> None:
    """Let a deployment pass whose module can be imported and has such a function. Ours needs no look.

    Args:
        name: as for :func:`opened`.
        time_limit: seconds that importing the module may take.

    Raises:
        BadInput: the name is malformed, there is no such module or attribute, importing raised something, ended its process or
            took too long; or there is no such time limit.
    """
    if not 0 < time_limit <= WEEK:
        raise BadInput(f"time limit: it is {time_limit:g} s; it takes more than 0 and at most {WEEK}, a week")
    if name != DEFAULT:
        _imported(name, time_limit).close()


def taken(stage: Callable[[Any], Any], value: Any) -> tuple[Any, BadInput | None]:
    """What a stage gives, and None; or None, and the error if it does not take the value. :class:`Over` is one of them."""
    try:
        return stage(value), None
    except BadInput as error:
        return None, error


def _imported(name: str, time_limit: float, without: Sequence[str] = ()) -> Process:
    """A process in which the deployment's module is imported and its function found."""
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        raise BadInput(f"deployment {name!r}: write it as package.module:pipeline")
    asked = {"do": "import", "module": module, "attribute": attribute, "path": sys.path}
    try:
        process = Process(without)
        found, _ = process.ask(f"importing {module}", time_limit, asked)
    except Ended as error:
        raise BadInput(f"deployment {name!r}: {error}") from None
    except Raised as error:
        process.close()
        raise BadInput(f"deployment {name!r}: cannot import {module}: {error.kind}: {error.said}") from None
    if not found["found"]:
        process.close()
        raise BadInput(f"deployment {name!r}: {unknown(f'function in {module}', attribute, found['public'])}")
    return process


@dataclass(frozen=True)
class _Stage:
    name: str
    stage: str
    process: Process
    classes: int
    time_limit: float

    def __call__(self, value: Any) -> Any:
        asked = {"do": "stage", "stage": self.stage}
        try:
            _, output = self.process.ask(f"stage {self.stage}", self.time_limit, asked, wire.packed(value))
        except Ended as error:
            raise Over(f"deployment {self.name!r}: {error}") from None
        except Raised as error:
            raise _raised(self.name, self.stage, error) from None
        return _fitting(self.name, self.stage, output, self.classes)


def _raised(name: str, stage: str, error: Raised) -> BadInput:
    return BadInput(f"deployment {name!r}: stage {stage} raised {error.kind}: {error.said}")


def _fitting(name: str, stage: str, output: Any, classes: int) -> Any:
    """What a stage gave, if the next one can take it."""
    array = output if isinstance(output, NoNumbers) else np.asarray(output)
    kind = "" if isinstance(array, NoNumbers) else array.dtype.kind
    picture = array.dtype == np.uint8 and len(array.shape) == 3 and array.shape[2] == 3
    rows = kind in ("i", "u", "f") and len(array.shape) == 2 and array.shape[1] == classes
    channels_first = len(array.shape) == 4 and array.shape[1] == 3
    wanted = {
        "decode": ("a uint8 (H, W, 3) picture", picture),
        "resize": ("a uint8 (H, W, 3) picture", picture),
        "normalise": ("float32 (1, 3, H, W)", array.dtype in (np.float32, np.uint8) and channels_first),
        "infer": (f"(N, {classes}) logits", rows),
        "score": (f"(N, {classes}) probabilities", rows),
    }
    what, fits = wanted[stage]
    if not fits or 0 in array.shape:
        raise BadInput(f"deployment {name!r}: stage {stage} gave {array.dtype} {array.shape}; it must give {what}")
    return output
