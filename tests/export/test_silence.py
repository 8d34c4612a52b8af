"""Exporters are heard by nobody, and heard again afterwards."""

from __future__ import annotations

import logging
import sys
import warnings

import pytest

from lib.export.silence import silenced


def everywhere(logger: str | None) -> None:
    print("to stdout")
    print("to stderr", file=sys.stderr)
    warnings.warn("a warning", UserWarning, stacklevel=1)
    logging.getLogger(logger).error("a log entry")


@pytest.mark.parametrize("logger", ["an.exporter", None])
def test_nothing_reaches_any_channel(logger, capsys, caplog):
    with silenced(logger):
        everywhere(logger)
    assert capsys.readouterr() == ("", "")
    assert caplog.records == []


def test_afterwards_every_channel_is_open_again(capsys, caplog):
    log = logging.getLogger("an.exporter")
    log.setLevel(logging.WARNING)
    with silenced("an.exporter"):
        pass
    assert log.level == logging.WARNING
    with pytest.warns(UserWarning, match="a warning"):
        everywhere("an.exporter")
    said = capsys.readouterr()
    assert "to stdout" in said.out
    assert "to stderr" in said.err
    assert [record.message for record in caplog.records] == ["a log entry"]


def test_an_exception_passes_and_the_log_is_put_back():
    log = logging.getLogger("an.exporter")
    log.setLevel(logging.INFO)
    with pytest.raises(RuntimeError, match="out of luck"), silenced("an.exporter"):
        raise RuntimeError("out of luck")
    assert log.level == logging.INFO


def test_other_logs_are_left_alone(caplog):
    with silenced("an.exporter"):
        logging.getLogger("another").error("still heard")
    assert [record.message for record in caplog.records] == ["still heard"]
