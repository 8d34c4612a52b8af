"""The process of a deployment ends when it is over, with all that it started."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading

import pytest

from lib.deploy import BadInput
from lib.guarded import process as module
from lib.guarded.process import Ended, Process
from lib.inputs import deployment
from tests.guarded.processes import gone

STARTS_A_CHILD = """\
import os, subprocess
def pipeline(model):
    child = subprocess.Popen(["sleep", "60"])
    raise ValueError(f"{os.getpid()} {child.pid}")
"""


def started(process: Process, folder) -> list[int]:
    """The process and a child of its own."""
    (folder / "child.py").write_text(STARTS_A_CHILD)
    process.ask("importing", 20, {"do": "import", "module": "child", "attribute": "pipeline", "path": [str(folder), *sys.path]})
    with pytest.raises(Exception, match="ValueError") as raised:
        process.ask("building", 20, {"do": "build", "model": ""})
    return [int(number) for number in raised.value.said.split()]


def test_closing_ends_it_with_all_that_it_started(tmp_path):
    process = Process()
    pids = started(process, tmp_path)
    process.close()
    assert gone(*pids)
    with pytest.raises(Ended, match="it was closed"):
        process.ask("stage decode", 20, {})


def test_it_ends_when_nothing_refers_to_it(tmp_path):
    process = Process()
    pids = started(process, tmp_path)
    del process
    gc.collect()
    assert gone(*pids)


def test_a_fork_of_ours_does_not_end_it():
    process = Process()
    if not (child := os.fork()):
        process._finalizer()
        os._exit(0)
    os.waitpid(child, 0)
    assert process._process.poll() is None
    process.close()


def test_a_signal_is_said_by_its_name_where_it_has_one():
    assert module._signal(signal.SIGSEGV) == "SIGSEGV"
    assert module._signal(signal.SIGRTMIN + 1) == f"signal {signal.SIGRTMIN + 1}"


@pytest.fixture
def _interruptible():
    """As in a terminal: what a script starts in the background ignores Ctrl-C."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("_interruptible")
def test_an_interruption_ends_it():
    made = deployment.opened("tests.guarded.hostile:pipeline", "model.onnx", 3, 20)
    interrupt = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    interrupt.start()
    with pytest.raises(KeyboardInterrupt):
        made.pipeline.decode(b"loops")
    with pytest.raises(BadInput, match="stage decode: it was interrupted"):
        made.pipeline.decode(b"array")


KILLED = """\
import sys
from lib.inputs import deployment
made = deployment.opened("tests.guarded.hostile:pipeline", "model.onnx", 3, 60)
print(made._process._process.pid, flush=True)
made.pipeline.decode(b"loops")
"""


def test_it_ends_by_itself_when_we_are_killed():
    with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    assert gone(pid)
