"""A deployment that does what its photo says: each way in which a team's code can go wrong, by name."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from lib.deploy import BadInput, Pipeline

PICTURE = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
MEETING = threading.Barrier(2)
LOGITS = np.array([[0.5, 0.25, 0.25]], np.float32)


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")


class Base(BaseException):
    pass


class NoAttributes:
    """Raises whatever it is asked for."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"no {name} for you")


def raises(error: BaseException) -> Callable[[], Any]:
    def stage() -> Any:
        raise error

    return stage


def forks() -> Any:
    os.fork()
    return PICTURE


def forks_and_leaves() -> Any:
    if os.fork():
        os._exit(5)
    time.sleep(30)  # the copy holds the connection meanwhile


def prints() -> Any:
    print("to whoever listens" * 10_000)
    os.write(1, b"x" * 100_000)
    os.write(2, b"\xff\n")
    return PICTURE


def loops() -> Any:
    while True:
        pass


def closes_everything() -> Any:
    os.closerange(0, 256)
    time.sleep(30)


def garbles() -> Any:
    """Writes to whatever is open."""
    for number in range(3, 256):
        try:
            os.write(number, b"{" * 4096)
        except OSError:
            continue
    return PICTURE


def dies_speaking() -> Any:
    print("terminate called\x1b after throwing", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)


def meets() -> Any:
    """Goes on when two are here at a time."""
    MEETING.wait(timeout=20)
    return PICTURE


BEHAVIOURS: dict[str, Callable[[], Any]] = {
    "array": lambda: PICTURE,
    "image": lambda: Image.fromarray(PICTURE),
    "exit 0": lambda: sys.exit(0),
    "base": raises(Base("very\nbase")),
    "interrupt": raises(KeyboardInterrupt()),
    "unprintable": raises(Unprintable()),
    "control": raises(ValueError("red \x1b[31m alert \udcff")),
    "bad input": raises(BadInput("too blue")),
    "forks": forks,
    "prints": prints,
    "meets": meets,
    "strings": lambda: np.array(["a", "b"]),
    "objects": lambda: [object(), {}],
    "nothing": lambda: None,
    "no attributes": NoAttributes,
    "exit": lambda: os._exit(0),
    "loops": loops,
    "closes": closes_everything,
    "garbles": garbles,
    "forks and leaves": forks_and_leaves,
    "dies": dies_speaking,
}


def decode(data: bytes) -> Any:
    return BEHAVIOURS[data.decode()]()


def pipeline(model: Path) -> Pipeline:
    buffer = LOGITS.copy()

    def infer(tensor: Any) -> Any:
        buffer[...] += 1  # one buffer for all answers
        return buffer

    def normalise(picture: Any) -> Any:
        if isinstance(picture, np.ndarray):
            picture[...] = 0  # writes into its input
        return np.full((1, 3, 2, 2), isinstance(picture, Image.Image), np.float32)

    return Pipeline(decode, lambda picture: picture, normalise, infer, lambda logits: logits)
