"""A team's own module: read in a process of its own, and again when its file changes."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from lib.deploy import BadInput
from lib.explorer import own_module
from lib.explorer.own_module import OwnModule, stamps

SOURCE = """\
from dataclasses import replace
import numpy as np
import lib.deploy

def pipeline(model):
    ours = lib.deploy.pipeline(model)
    return replace(ours, resize=lambda image: np.asarray(ours.resize(image)) {change})
"""


@pytest.fixture
def team(tmp_path, monkeypatch):
    """Writes a module that resizes as we do, but for a change."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(change: str = "", source: str = SOURCE) -> None:
        file = tmp_path / "team_of_explorer.py"
        file.write_text(source.replace("{change}", change))

    return write


@pytest.fixture
def changes():
    return []


@pytest.fixture
def own(lite0, changes):
    made = OwnModule(replace(lite0, time_limit=20.0), lambda: changes.append(made.name.value))
    vars(made._handoff)["onnx_path"] = lite0.onnx_path
    yield made
    made.close()


NAME = "team_of_explorer:pipeline"


def resized(own: OwnModule, photo) -> np.ndarray:
    return np.asarray(own.pipeline.resize(own.pipeline.decode(photo.data))).astype(int)


def test_it_is_read_again_when_its_file_changes_and_only_then(own, team, changes, lite0):
    team("// 2 * 2")
    own.name.value = NAME
    photo = lite0.photos.readable[0]
    before, first = resized(own, photo), own.pipeline
    own.look()
    assert own.pipeline is first
    team("// 2 + 7")  # as long, and within the same second
    own.look()
    assert (resized(own, photo) == before // 2 + 7).all()
    assert changes == [NAME, NAME]


def test_the_process_of_what_it_was_before_is_ended(own, team):
    team()
    own.name.value = NAME
    process = own.pipeline.decode.process._process
    team("+ 0")
    own.look()
    assert process.wait(10) is not None


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def pipeline(model: pass", "cannot import team_of_explorer: SyntaxError"),
        ("1 / 0", "cannot import team_of_explorer: ZeroDivisionError"),
        ("def pipeline(model): return 1", "gave a int; it must return a lib.deploy.Pipeline"),
        ("import os; os._exit(3)", "its process ended with exit code 3"),
    ],
)
def test_what_is_wrong_with_it_is_one_line_until_its_file_changes(own, team, lite0, source, said):
    team(source=source)
    own.name.value = NAME
    for _ in range(2):
        with pytest.raises(BadInput, match=said) as error:
            own.pipeline.decode(b"")
        assert str(error.value).isprintable()
    team()
    own.look()
    assert resized(own, lite0.photos.readable[0]).any()


def test_a_module_that_is_not_there_yet_is_read_when_it_comes(own, team, changes):
    own.name.value = NAME
    with pytest.raises(BadInput, match="cannot import team_of_explorer"):
        _ = own.pipeline
    team()
    own.look()
    assert len(changes) == 2
    assert own.pipeline


def test_no_name_is_one_line(own):
    with pytest.raises(BadInput, match=r"name it, as package\.module:attribute"):
        _ = own.pipeline


def test_in_a_kernel_it_looks_by_itself_and_leaves_nothing_behind(own, team, changes, monkeypatch):
    monkeypatch.setattr(own_module, "LOOKS", 0.01)
    team()
    threads = threading.active_count()

    async def kernel() -> None:
        own.name.value = NAME
        _ = own.pipeline
        team("+ 0")
        async with asyncio.timeout(60):
            while len(changes) < 2:
                await asyncio.sleep(0.01)
        own.name.value = ""
        for _ in range(100):
            await asyncio.sleep(0.01)
            if len(asyncio.all_tasks()) == 1:
                return
        raise AssertionError("it looks on")

    with ThreadPoolExecutor(1) as apart:  # a browser that another test has opened keeps a loop running here
        apart.submit(asyncio.run, kernel()).result()
    assert changes == [NAME, NAME, ""]
    assert threading.active_count() == threads


def test_every_python_file_of_the_folder_counts_and_none_is_imported(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "team_of_files" / "serving"
    package.mkdir(parents=True)
    (tmp_path / "team_of_files" / "__init__.py").write_text("1 / 0")
    for name in ("__init__.py", "steps.py", "made.py"):
        (package / name).write_text("1 / 0")
    before = stamps("team_of_files.serving.made")
    assert {path.name for path in before} == {"__init__.py", "steps.py", "made.py"}
    assert stamps("team_of_files.serving").keys() == before.keys()
    os.utime(package / "steps.py", ns=(0, 0))
    assert stamps("team_of_files.serving.made") != before


@pytest.mark.parametrize(
    "module", ["", ".", "..x", "no_such_module", "lib.no_such", "sys", "x\0y", "a" * 300, "lib." + "a" * 300]
)
def test_a_module_that_cannot_be_found_has_no_files(module):
    assert stamps(module) == {}
