"""A sweep from words to a table: what it takes, what it refuses before anything is computed, and what it computes again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lib.deploy import BadInput
from lib.export.end_to_end import written
from lib.mistakes import CATALOGUE
from lib.sweep import sweep
from lib.sweep.shards import MOST
from lib.sweep.sweep import PAIRS, THREE, Asked, swept
from tests import few
from tests.conftest import encoded, picture
from tests.sweep import made

TRIED = ("re-encoded JPEG", "squash", "Pillow nearest", "BGR", "no mean and std", "torch bilinear")


@pytest.fixture
def short(monkeypatch):
    """A catalogue of few mistakes."""
    monkeypatch.setattr(sweep, "CATALOGUE", {name: CATALOGUE[name] for name in TRIED})


@pytest.fixture
def cache(lite0, tmp_path, monkeypatch):
    """An empty cache but for the exported network."""
    exported = few.changed(lite0, lite0.photos.readable[:2])
    monkeypatch.setenv("HANDOFF_CACHE", str(tmp_path / "cache"))
    return exported


def asked(handoff, folder="", labels="", against="", crops=2, seed=0) -> Asked:
    return Asked.of(handoff, str(folder), str(labels), against, crops, seed)


def ran(*arguments, **given):
    return swept(asked(*arguments, **given), "", lambda line: None)


def test_without_a_folder_crops_of_the_photos_are_asked_and_those_of_a_photo_are_one_cluster(cache, short):
    found = ran(cache, crops=3)
    assert found.cropped
    assert found.collected.table.clusters.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.said == "Crops have no labels."
    assert (found.labels == -1).all()
    ways = found.collected.table.ways
    assert set(ways) >= {*TRIED, "squash + Pillow nearest", " + ".join(THREE), sweep.DEPLOYMENT}
    assert (found.collected.table.read(sweep.DEPLOYMENT).kl == 0).all()


def test_a_folder_is_looked_through_and_a_second_sweep_computes_only_what_is_new(cache, short, tmp_path):
    place = made.folder(tmp_path / "photos", 30)
    (place / "out.png").symlink_to("/etc/passwd")
    found = ran(cache, place)
    assert (found.files, found.refused, found.computed) == (31, 1, 30)
    assert found.reasons == (("out.png", "is a link out of the folder"),)
    assert set(found.collected.table.photos) == set(made.paths(place)) - {"out.png"}
    again = ran(cache, place)
    assert again.computed == 0
    (place / "zzz.png").write_bytes(encoded(picture(280, 250, seed=99)))
    more = ran(cache, place)
    assert 1 <= more.computed <= MOST
    assert len(more.collected.table.photos) == 31


def test_another_version_is_computed_beside_what_lies_there(cache, short, stand_in, tmp_path):
    place = made.folder(tmp_path / "photos", 6)
    ran(cache, place)
    before = set((tmp_path / "cache" / "sweep").rglob("*.parquet"))
    found = ran(cache, place, against=str(stand_in.onnx_path))
    new = set((tmp_path / "cache" / "sweep").rglob("*.parquet")) - before
    assert len({path.parent.parent for path in new}) == 1
    assert (found.collected.table.read(sweep.AGAINST).kl > 0).all()


def test_mistakes_that_need_what_workers_lack_are_left_out_with_the_reason(cache, short, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep.Workers, "lacking", frozenset({"torch"}), raising=False)
    original = sweep.Workers.__init__

    def without_torch(self, *arguments):
        original(self, *arguments)
        self.lacking = frozenset({"torch"})

    monkeypatch.setattr(sweep.Workers, "__init__", without_torch)
    found = ran(cache, made.folder(tmp_path / "photos", 4))
    assert found.left_out["torch bilinear"] == "needs torch, which a worker does not have"
    assert "torch bilinear" not in found.collected.table.ways
    assert "torch" not in dict(found.plan.versions)


def test_what_the_subject_itself_states_is_no_mistake(cache, short, tmp_path):
    found = ran(cache, made.folder(tmp_path / "photos", 4))
    assert found.left_out["Pillow bilinear"] == "is what the subject itself states, or does the same"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"labels": "labels.csv"}, "there is no folder of photos that they could be of"),
        ({"folder": "empty"}, "no photo"),
        ({"folder": "missing"}, "No such file or directory"),
        ({"crops": 0}, "give 1 crop or more"),
        ({"seed": -1}, "a seed of 0 or more"),
        ({"against": "missing.onnx"}, "against: .*no such model file"),
        ({"against": "no_module:here"}, "cannot import no_module"),
        ({"folder": "full", "labels": "bad.csv"}, "bad.csv.*line 1"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line_before_anything_is_computed(lite0, tmp_path, monkeypatch, given, said):
    (tmp_path / "empty").mkdir()
    made.folder(tmp_path / "full", 2)
    (tmp_path / "bad.csv").write_text("000.png,no such class at all\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match=said):
        asked(lite0, **given)


def test_a_version_that_holds_its_preprocessing_is_refused(lite0):
    whole = written(lite0.onnx_path, lite0.subject.contract)
    with pytest.raises(BadInput, match="this file holds its preprocessing"):
        asked(lite0, against=str(whole))


def test_pairs_are_of_two_stages_but_for_the_articles_own():
    for pair in PAIRS:
        assert len({CATALOGUE[name].stage for name in pair}) == 2 or pair == sweep.SQUASHED
    assert [CATALOGUE[name].stage for name in THREE] == ["decode", "resize", "normalise"]


def test_names_with_anything_in_them_are_swept(cache, short, tmp_path):
    place = tmp_path / "photos"
    place.mkdir()
    names = [b"with space.png", b"'quoted\".png", b"<b>.png", b"new\nline.png", b"\xff\xfe.png", "größe.png".encode()]
    for number, name in enumerate(names):
        (Path(os.fsdecode(os.fsencode(place) + b"/" + name))).write_bytes(encoded(picture(260, 240, seed=number)))
    found = ran(cache, place)
    assert sorted(map(os.fsencode, found.collected.paths)) == sorted(names)
    assert all(name.isprintable() for name in found.collected.table.photos)
