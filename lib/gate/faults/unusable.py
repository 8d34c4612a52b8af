"""What a decode gives where it should give a picture: of every file, or of those that its library cannot read."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from lib.deploy.stages import decode
from lib.gate.deployed import Planted, factories, stage


def _by_opencv(data: bytes) -> Any:
    """The line of most services: of grey pixels deeper than 8 bits it keeps the high byte, and other files it cannot read."""
    read: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return cv2.cvtColor(read, cv2.COLOR_BGR2RGB)


def _none_where_unread(data: bytes) -> Any:
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    return None if read is None else np.ascontiguousarray(read[:, :, ::-1])


def _floats(data: bytes) -> Any:
    return np.asarray(decode(data)) / np.float32(255)


PLANTED: tuple[Planted, ...] = (
    stage("OpenCV's imdecode as it comes", "decode", lambda _: _by_opencv),
    stage("None where OpenCV reads nothing", "decode", lambda _: _none_where_unread),
    stage("None for every file", "decode", lambda _: lambda data: None),
    stage("an empty picture for every file", "decode", lambda _: lambda data: np.zeros((0, 0, 3), np.uint8)),
    stage("floats for levels", "decode", lambda _: _floats),
    stage("NaN for every level", "decode", lambda _: lambda data: np.full_like(_floats(data), np.nan)),
)

__getattr__ = factories(PLANTED)
