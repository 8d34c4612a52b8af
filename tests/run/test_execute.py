"""A notebook in a process of its own: how it talks to its kernel. What else can happen to it is in test_runner.py."""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path

import nbformat
import pytest

from lib.run import execute

ASK = """\
from ipykernel.connect import get_connection_info
said = get_connection_info(unpack=True)
print(said["transport"], said["ip"])
"""


@pytest.fixture
def temporary():
    """An empty folder with a short name."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def connection(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How a kernel is talked to that is started with ``folder`` for temporary files: transport and place."""
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ASK)]), folder / "in.ipynb")
    job = {"source": str(folder / "in.ipynb"), "output": str(folder / "out.ipynb"), "parameters": {}, "timeout": 60}
    assert execute.main(job) == 0
    (output,) = nbformat.read(folder / "out.ipynb", as_version=4).cells[0].outputs
    return output.text.split()


def test_a_kernel_listens_on_sockets_in_a_folder_of_its_own(temporary, monkeypatch):
    places = []
    for _ in range(2):
        transport, place = connection(temporary, monkeypatch)
        assert transport == "ipc"
        assert Path(place).is_relative_to(temporary)
        places.append(place)
    assert places[0] != places[1]
    gc.collect()
    assert sorted(path.name for path in temporary.iterdir()) == ["in.ipynb", "out.ipynb"]


def test_it_listens_on_ports_where_the_folders_name_is_too_long(temporary, monkeypatch):
    long = temporary / ("x" * 90)
    long.mkdir()
    assert connection(long, monkeypatch)[0] == "tcp"
