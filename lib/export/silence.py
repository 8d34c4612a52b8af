"""Exporters and converters report on every channel there is; reports must not be full of it."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def silenced(logger: str | None) -> Iterator[None]:
    """Nothing reaches stdout, stderr, the warnings or a log. Exceptions pass, and the log's level is put back.

    Args:
        logger: the log's name; None takes the root's.
    """
    log = logging.getLogger(logger)
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
