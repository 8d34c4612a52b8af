"""A notebook in a process of its own: kernels that do not come up. What else can happen to it is in test_runner.py."""

from __future__ import annotations

import json

import pytest
from papermill.engines import NBClientEngine

from lib.run import execute
from lib.run.exit_codes import CRASHED
from tests.run.tiny import NOTEBOOKS


@pytest.fixture
def job(tmp_path):
    return {"source": str(NOTEBOOKS / "ships.ipynb"), "output": str(tmp_path / "x.ipynb"), "parameters": {}, "timeout": 60}


def dying(times: int, started: list[str]):
    """papermill's engine, whose kernel dies at its start some times over."""
    run = NBClientEngine.execute_managed_notebook.__func__

    def start(cls, manager, kernel, **arguments):
        started.append(kernel)
        if len(started) <= times:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return run(cls, manager, kernel, **arguments)

    return classmethod(start)


def test_a_kernel_that_dies_at_its_start_is_started_once_more(job, monkeypatch):
    started = []
    monkeypatch.setattr(NBClientEngine, "execute_managed_notebook", dying(1, started))
    assert execute.main(job) == 0
    assert started == ["python3", "python3"]


def test_one_that_dies_again_is_a_crash(job, monkeypatch, capsys):
    monkeypatch.setattr(NBClientEngine, "execute_managed_notebook", dying(9, []))
    assert execute.main(job) == CRASHED
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["error"] == "the kernel died at its start, twice"
