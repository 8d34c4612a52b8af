"""Whether an ONNX file has a loop, from its bytes: before ONNX Runtime sees it.

A ``Loop`` whose condition stays true never ends: in the first answer, or already while the file is opened, when ONNX Runtime
computes what is constant in a graph. No signal that Python handles stops it. Every other operator ends: ``Scan`` with its
input, and no function calls itself.
"""

from __future__ import annotations

import mmap
import re
from typing import IO

_NAME = b"Loop"
# The name as a node's operator: field 4 of protobuf's NodeProto, bytes, of length 4. A number may be written with more bytes
# than it needs. In ONNX Runtime's own format a text follows its length in four bytes.
_OPERATOR = re.compile(rb"(?:(?:\x22|\xa2\x80*\x00)(?:\x04|\x84\x80*\x00)|\x04\x00\x00\x00)\Z")
_BEFORE = 24  # bytes before the name; protobuf reads no number of more than ten


def has_loop(file: IO[bytes]) -> bool:
    """Whether a node of an open file is a loop, in whichever graph or function it lies."""
    try:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:  # an empty file
        return False
    with data:
        at = data.find(_NAME)
        while at >= 0:
            if _OPERATOR.search(data[max(at - _BEFORE, 0) : at]):
                return True
            at = data.find(_NAME, at + 1)
    return False
