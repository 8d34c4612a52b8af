"""One notebook through papermill, in a process of its own: ``python -m lib.run.execute JOB``.

JOB is a JSON object with ``source``, ``output``, ``parameters`` and ``timeout`` (seconds a cell may take). One JSON object a
line goes to stdout: ``{"cell": 3, "of": 14}`` as cells begin, and at most one ``{"error": "…", "traceback": "…"}`` at the
end. Being a process, it can be interrupted: nbclient then ends the kernel, which it does only from a main thread. It interrupts
itself when the run is gone.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import tempfile
import weakref
from pathlib import Path
from typing import Any

import papermill
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from lib.cache import NO_ROOM, full
from lib.guarded.lifeline import hold
from lib.run.exit_codes import CRASHED, WRONG_USE

LONGEST = 100  # characters of a socket's name: systems take 103 or more


class _SocketKernelManager(AsyncKernelManager):
    """Talks to its kernel through sockets in a folder of its own.

    By default Jupyter picks TCP ports that are free and lets the kernel take them later. Two kernels that start at once may get
    the same: then one dies, or never answers. Where the folder's name is too long for sockets, it is ports after all.
    """

    def __init__(self, **arguments: Any) -> None:
        folder = tempfile.mkdtemp(prefix="kernel-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        sockets = f"{folder}/kernel"  # the name goes on with a dash and a digit
        place = {"transport": "ipc", "ip": sockets} if len(sockets) + 2 <= LONGEST else {}
        super().__init__(**place, **arguments)


class _ReportingEngine(NBClientEngine):
    """papermill's own engine, saying on stdout which cell begins."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **arguments: Any) -> Any:
        begin, total = nb_man.cell_start, len(nb_man.nb.cells)

        def report(cell: Any, cell_index: int | None = None, **rest: Any) -> None:
            say(cell=(cell_index or 0) + 1, of=total)
            begin(cell, cell_index, **rest)

        nb_man.cell_start = report
        arguments["kernel_manager_class"] = _SocketKernelManager
        return super().execute_managed_notebook(nb_man, kernel_name, **arguments)


def say(**event: Any) -> None:
    """Write one event line."""
    print(json.dumps(event), flush=True)


def main(job: dict[str, Any]) -> int:
    """Run the job; 0 where no cell raised. What it should have recorded and did not is for the policy to say."""
    papermill_engines.register("reporting", _ReportingEngine)
    try:
        papermill.execute_notebook(
            job["source"],
            job["output"],
            parameters=job["parameters"],
            engine_name="reporting",
            kernel_name="python3",
            progress_bar=False,
            execution_timeout=job["timeout"],
            store_widget_state=False,  # a page shows the still that a widget brings
        )
    except PapermillExecutionError as error:
        if error.ename in ("BadInput", "BadPhoto", "BadModel", "Over"):
            return _fail(WRONG_USE, str(error.evalue))
        if error.ename == "OSError" and any(f"[Errno {number}]" in str(error.evalue) for number in NO_ROOM):
            named = "" if "'" in str(error.evalue) else f" in {full(OSError(), Path(job['output']).parent)}"
            return _fail(WRONG_USE, f"no room on the disk: {error.evalue}{named}")
        from nbconvert.filters import strip_ansi  # a quarter of this process's start, which only this case needs

        frames = strip_ansi("\n".join(error.traceback))
        return _fail(CRASHED, f"cell {error.cell_index + 1} raised {error.ename}: {error.evalue}", frames)
    except CellTimeoutError:
        return _fail(CRASHED, f"a cell took longer than {job['timeout']} s and was stopped")
    except DeadKernelError:
        return _fail(CRASHED, "the kernel died")
    except OSError as error:
        if error.errno in NO_ROOM:
            return _fail(WRONG_USE, f"no room on the disk: {full(error, Path(job['output']).parent)}")
        raise
    return 0


def _fail(code: int, message: str, traceback: str = "") -> int:
    say(error=message, traceback=traceback)
    return code


if __name__ == "__main__":
    # The run ends its workers by SIGINT, which is ignored by all that a script starts in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    hold(orderly=True)
    sys.exit(main(json.loads(sys.argv[1])))
