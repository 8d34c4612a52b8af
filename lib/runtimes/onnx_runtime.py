"""ONNX Runtime: what ships."""

from __future__ import annotations

from functools import partial

from lib.runtimes.runtime import ONNX, Answer, Runtime


def load(path: str) -> Answer:
    """A session as the deployment opens it."""
    from lib.deploy.sessions import open_session
    from lib.deploy.stages import logits_of

    return partial(logits_of, open_session(path))


SHIPPED = "ONNX Runtime"
RUNTIMES = (Runtime(SHIPPED, "onnxruntime", ONNX, load, "reads the exported file"),)
