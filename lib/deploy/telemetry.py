"""ONNX Runtime's telemetry, off unless the caller asks for it.

The official builds have it on since 1.29: on import they write a device id and a database below ``~/.cache/Microsoft``, and ten
seconds later the process calls a host of their maker.
"""

from __future__ import annotations

import os
import sys

VARIABLE = "ORT_DISABLE_TELEMETRY"
SETTING = f"{VARIABLE}=1"


def switch_off() -> None:
    """Keep ONNX Runtime in this process, and in those that it starts, from writing these files and from calling that host.

    A caller who has set :data:`VARIABLE`, to whatever value, decides for himself. If onnxruntime was imported before, its API
    stops further events; but the files are written by then, and the event that tells of the import is still sent.
    """
    if VARIABLE in os.environ:
        return
    os.environ[VARIABLE] = "1"
    disable = getattr(sys.modules.get("onnxruntime"), "disable_telemetry_events", None)
    if disable is not None:
        disable()


def state() -> str:
    """Whether it is off, in a few words."""
    value = os.environ.get(VARIABLE)
    return f"off ({SETTING})" if value == "1" else f"as the caller has set it ({VARIABLE}={value})"
