"""Files that have no right answer, or that another library reads otherwise."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
from PIL import Image, ImageFile

from lib.deploy import BadInput
from lib.deploy.stages import decode
from lib.gate.deployed import stage


def completed(data: bytes) -> Any:
    """What can be read of a file, and grey for the rest."""
    with patch.object(ImageFile, "LOAD_TRUNCATED_IMAGES", True):
        return decode(data)


def _grey_for_unreadable(data: bytes) -> Any:
    try:
        return decode(data)
    except BadInput:
        return Image.new("RGB", (224, 224), (127, 127, 127))


def by_opencv(data: bytes, flags: int) -> Any:
    """OpenCV's picture; Pillow's where OpenCV has none."""
    read = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data else None
    return decode(data) if read is None else cv2.cvtColor(read, cv2.COLOR_BGR2RGB)


PLANTED = (
    stage("files cut short completed with grey", "decode", lambda _: completed, ("cut short, JPEG", "cut short, PNG")),
    stage("grey in place of files that cannot be read", "decode", lambda _: _grey_for_unreadable, ("no picture", "empty")),
    stage(
        "OpenCV's imdecode", "decode", lambda _: lambda data: by_opencv(data, cv2.IMREAD_COLOR), ("CMYK", "16 bits, grey PNG")
    ),
    stage(
        "OpenCV's imdecode, which is told to ignore orientation",
        "decode",
        lambda _: lambda data: by_opencv(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION),
        ("EXIF orientation 6",),
    ),
)
