"""One task: what it writes, and what it does with what cannot be used."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pyarrow import parquet

from lib.cache import ROOT
from lib.sweep import versions
from lib.sweep.shard import Done, Refused
from lib.sweep.ways import Deployed, Mistaken
from tests.sweep import made


@pytest.fixture
def place(tmp_path) -> Path:
    return made.folder(tmp_path / "photos", 4)


@pytest.fixture
def task(lite0, place, tmp_path):
    return made.tasks(lite0, place, tmp_path / "results")[0]


def rows(task, done: Done, group: int = 0) -> list[dict[str, object]]:
    return parquet.read_table(Path(task.results, done.files[group])).to_pylist()


def left(results: str) -> list[str]:
    return sorted(str(path.relative_to(results)) for path in Path(results).rglob("*") if path.is_file())


def test_every_photo_has_a_row_of_each_pipeline_and_the_reference_comes_first(task):
    done = task.run()
    assert (done.photos, done.failed, done.computed) == (4, 0, 4)
    found = rows(task, done)
    assert [row["way"] for row in found[:5]] == ["", *made.MISTAKES]
    assert [row["photo"].decode() for row in found[::5]] == list(task.paths)
    assert all(row["refused"] is None and row["error"] is None and len(row["sha256"]) == 64 for row in found)


def test_a_second_run_computes_nothing_and_a_run_anew_writes_the_same_bytes(task):
    done = task.run()
    before = Path(task.results, done.files[0]).read_bytes()
    again = task.run()
    assert (again.computed, again.files) == (0, done.files)
    Path(task.results, done.files[0]).unlink()
    assert task.run().computed == 4
    assert Path(task.results, done.files[0]).read_bytes() == before
    assert left(task.results) == list(done.files)


def test_only_pipelines_that_are_new_are_computed(lite0, place, tmp_path, task):
    done = task.run()
    first = Path(task.results, done.files[0]).stat().st_mtime_ns
    both = made.plan(lite0, [Mistaken((name,)) for name in made.MISTAKES], [Mistaken(("BGR",))])
    more = replace(task, plan=both).run()
    assert more.files[0] == done.files[0]
    assert Path(task.results, more.files[0]).stat().st_mtime_ns == first
    assert [row["way"] for row in rows(task, more, 1)[:2]] == ["", "BGR"]


@pytest.mark.parametrize("change", ["photo", "name", "model", "versions"])
def test_numbers_of_something_else_are_not_taken(lite0, stand_in, place, task, change):
    done = task.run()
    if change == "photo":
        (place / task.paths[1]).write_bytes((place / task.paths[2]).read_bytes())
    if change == "name":
        (place / task.paths[3]).rename(place / "z.png")
        task = replace(task, paths=(*task.paths[:3], "z.png"))
    if change == "model":
        task = replace(task, plan=made.plan(stand_in))
    if change == "versions":
        task = replace(task, plan=replace(task.plan, versions=tuple(v for v in task.plan.versions if v[0] != "scipy")))
    again = task.run()
    assert again.computed == 4
    assert again.files != done.files


def test_what_cannot_be_read_is_kept_with_its_reason_and_the_rest_goes_on(place, task):
    (place / task.paths[0]).write_bytes(b"")
    (place / task.paths[1]).write_bytes((place / task.paths[1]).read_bytes()[:500])
    (place / task.paths[2]).unlink()
    done = task.run()
    assert (done.photos, done.failed) == (4, 3)
    errors = [row["error"] for row in rows(task, done) if row["error"]]
    assert errors[0] == "the file is empty (0 bytes)"
    assert errors[1].startswith("cannot be decoded")
    assert errors[2] == os.strerror(errno.ENOENT)
    assert {row["photo"].decode() for row in rows(task, done) if row["error"] is None} == {task.paths[3]}


def test_a_file_that_was_cut_short_is_put_aside_and_made_again(task):
    done = task.run()
    file = Path(task.results, done.files[0])
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    again = task.run()
    assert (again.computed, len(again.damaged)) == (4, 1)
    assert str(file) in again.damaged[0]
    assert file.read_bytes() == whole
    assert file.with_name(f"{file.name}.damaged").read_bytes() == whole[:100]
    assert task.run().damaged == ()


def test_two_files_that_were_swapped_are_made_again(lite0, place, tmp_path):
    tasks = made.tasks(lite0, place, tmp_path / "results", size=2)
    files = [Path(task.results, task.run().files[0]) for task in tasks]
    one, other = (file.read_bytes() for file in files)
    files[0].write_bytes(other)
    files[1].write_bytes(one)
    assert [task.run().computed for task in tasks] == [2, 2]
    assert [file.read_bytes() for file in files] == [one, other]


def test_a_name_that_is_no_utf8_is_kept_as_it_is(place, task):
    name = os.fsdecode(b"\xff'\"<b> \n.png")
    (place / task.paths[0]).rename(place / name)
    done = replace(task, paths=(name,)).run()
    assert rows(task, done)[0]["photo"] == os.fsencode(name)


def test_a_full_disk_is_said_in_one_line_and_leaves_nothing_half_written(task, monkeypatch):
    def full(self, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        refused = task.run()
    assert isinstance(refused, Refused)
    assert refused.why.startswith("no room on the disk")
    assert left(task.results) == []
    assert task.run().computed == 4


def test_a_worker_of_another_version_is_refused_by_name(task, monkeypatch):
    monkeypatch.setattr(versions, "here", lambda: dict(task.plan.versions) | {"numpy": "1.0"})
    needed = dict(task.plan.versions)["numpy"]
    assert f"numpy 1.0, and {needed} is needed" in task.run().why


@pytest.mark.parametrize("what", ["folder", "results"])
def test_a_worker_that_does_not_see_the_files_says_so(task, what):
    refused = replace(task, **{what: "/nowhere/at/all"}).run()
    assert "there is no folder /nowhere/at/all" in refused.why


def test_another_model_in_the_file_by_now_is_refused(task):
    refused = replace(task, plan=replace(task.plan, sha256="0" * 64)).run()
    assert "is another file than was named" in refused.why


def test_a_task_runs_where_there_is_no_torch(lite0, place, tmp_path):
    plan = made.plan(lite0, [Mistaken((name,)) for name in made.MISTAKES])
    code = f"""\
import sys
sys.modules["torch"] = None
from lib.sweep import versions
from lib.sweep.plan import Plan
from lib.sweep.shard import Task
from lib.sweep.ways import Deployed, Mistaken
plan = Plan.of({plan.model!r}, {plan.sha256!r}, [[Mistaken((name,)) for name in {made.MISTAKES!r}]], versions.here())
print(Task(plan, {str(place)!r}, {tuple(made.paths(place))!r}, {str(tmp_path)!r}).run().computed)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout, done.stderr) == ("4\n", "")


def test_a_deployment_that_ends_its_process_at_one_photo_answers_the_others(lite0, place, task, tmp_path, monkeypatch):
    (tmp_path / "fragile.py").write_text("""\
import dataclasses, os
import lib.deploy
def pipeline(model):
    right = lib.deploy.pipeline(model)
    def decode(data):
        if data.endswith(b"deadly"):
            os._exit(3)
        return right.decode(data)
    return dataclasses.replace(right, decode=decode)
""")
    monkeypatch.syspath_prepend(tmp_path)
    with (place / task.paths[1]).open("ab") as file:
        file.write(made.DEADLY)
    task = replace(task, plan=made.plan(lite0, [Deployed.of("deployment", "fragile:pipeline", 60)]))
    done = task.run()
    assert done.failed == 0
    found = [row for row in rows(task, done) if row["way"]]
    assert [row["refused"] is None for row in found] == [True, False, True, True]
    assert "its process ended" in found[1]["refused"]
    assert all(row["kl"] == 0 for row in found if row["refused"] is None)
