"""One table of what tasks left: each content once, and what failed beside it."""

from __future__ import annotations

import gc
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lib.deploy import BadInput
from lib.sweep.photo import Prepared
from lib.sweep.plan import pipelines
from lib.sweep.results import collected
from lib.sweep.ways import Mistaken
from tests.sweep import made


@pytest.fixture
def place(tmp_path) -> Path:
    return made.folder(tmp_path / "photos", 6)


def collect(lite0, place, tmp_path, plan=None, cluster=None):
    tasks = made.tasks(lite0, place, tmp_path / "results", size=4, by=plan)
    done = [task.run() for task in tasks]
    return collected(done, tasks[0].plan, Path(tasks[0].results), cluster)


def test_the_table_has_what_each_photo_was_answered(lite0, place, tmp_path):
    plan = made.plan(lite0, [Mistaken(("squash",))], [Mistaken(("BGR",)), Mistaken(("no mean and std",))])
    found = collect(lite0, place, tmp_path, plan)
    table = found.table
    assert found.paths == table.photos == tuple(made.paths(place))
    assert table.ways == ("squash", "BGR", "no mean and std")
    assert table.clusters.tolist() == list(range(6))
    for row, path in enumerate(found.paths):
        answers = Prepared((place / path).read_bytes(), *pipelines(plan)).answered()
        right = answers[""]
        assert (table.top1[row], table.lead[row]) == (right.top1, np.float32(right.margin))
        assert (table.probability[row], table.second[row]) == (np.float32(right.probability), np.float32(right.second))
        for way in table.ways:
            each = table.read(way)
            expected = answers[way]
            got = each.top1[row], each.margin[row], each.kl[row]
            assert got == (expected.top1, np.float32(expected.margin), expected.kl)


def test_a_copy_counts_once_and_what_fails_is_told(lite0, place, tmp_path):
    (place / "zz.png").write_bytes((place / "005.png").read_bytes())
    (place / "sub" / "copy.png").write_bytes((place / "005.png").read_bytes())
    (place / os.fsdecode(b"\xff.png")).write_bytes(b"nothing")
    (place / "003.png").write_bytes(b"")
    found = collect(lite0, place, tmp_path)
    assert (found.copies, found.failed) == (2, 2)
    assert found.reasons[0] == ("003.png", "the file is empty (0 bytes)")
    assert found.reasons[1][0] == "\\xff.png"
    assert found.paths == ("002.png", "004.png", "005.png", "sub/000.png", "sub/001.png")


def test_photos_of_one_group_are_one_cluster(lite0, place, tmp_path):
    found = collect(lite0, place, tmp_path, cluster=lambda path: path.partition("/")[0])
    assert found.paths[-2:] == ("sub/000.png", "sub/001.png")
    assert found.table.clusters.tolist() == [0, 1, 2, 3, 4, 4]


def test_a_pipeline_without_an_answer_has_none_in_the_table(lite0, place, tmp_path):
    table = collect(lite0, place, tmp_path, made.plan(lite0, [made.Fails()])).table
    answers = table.read("fails")
    assert answers.top1.tolist() == [-1] * 6
    assert np.isnan(answers.margin).all()
    assert np.isnan(answers.kl).all()


def test_not_one_photo_with_numbers_is_said_with_the_first_reason(lite0, place, tmp_path):
    for path in made.paths(place):
        (place / path).write_bytes(b"")
    with pytest.raises(BadInput, match=r"none of 6 can be used; the first, 002\.png: the file is empty"):
        collect(lite0, place, tmp_path)


def test_results_that_workers_wrote_elsewhere_are_missed(lite0, place, tmp_path):
    task = made.tasks(lite0, place, tmp_path / "results")[0]
    done = task.run()
    shutil.rmtree(tmp_path / "results")
    (tmp_path / "results").mkdir()
    with pytest.raises(BadInput, match="cannot be read; workers have to see the folder"):
        collected([done], task.plan, tmp_path / "results")


def test_a_table_leaves_no_file_behind(lite0, place, tmp_path):
    before = set(tmp_path.rglob("*"))
    found = collect(lite0, place, tmp_path)
    lying = {path for path in (tmp_path / "results").rglob("*") if path.is_file() and path.suffix != ".parquet"}
    assert not lying - before
    table = replace(found.table)
    del found
    gc.collect()
    assert table.read("squash").top1.shape == (6,)


def test_why_a_pipeline_gives_no_answer_is_kept_of_the_first_such_photo(lite0, tmp_path):
    place = made.folder(tmp_path / "photos", 2)
    found = collect(lite0, place, tmp_path, made.plan(lite0, [Mistaken(("squash",))], [made.Fails()]))
    assert found.refused == {"fails": (found.paths[0], "no such photo")}
