"""Which signals end a run; that they do is in test_runner.py."""

from __future__ import annotations

import os
import signal

import pytest

from lib.run import signals


@pytest.fixture(autouse=True)
def _restored():
    former = {number: signal.getsignal(number) for number in signals.ENDINGS}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


def test_a_closed_terminal_ends_a_run_but_not_under_nohup():
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signals.end_like_ctrl_c()
    assert signal.getsignal(signal.SIGHUP) is signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signals.end_like_ctrl_c()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


@pytest.mark.parametrize("number", signals.ENDINGS)
def test_none_comes_in_between(number):
    signals.end_like_ctrl_c()
    signal.signal(number, signal.default_int_handler)
    with signals.uninterrupted():
        os.kill(os.getpid(), number)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
