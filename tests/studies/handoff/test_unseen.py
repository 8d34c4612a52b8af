"""Photos that no other notebook has looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lib.deploy import Domain
from lib.deploy.stages import decode
from lib.export.exporter import domain
from lib.handoff import Handoff
from lib.inputs import photos
from lib.studies.handoff.unseen import LEAST, OTHERS, unseen, written
from tests.conftest import encoded, picture
from tests.few import changed


def test_none_is_among_those_of_a_run(few):
    found = unseen(few, domain(few.subject), 4, 0)
    seen = {photo.data for photo in photos.load().readable}
    assert not seen & set(found.values())
    assert len(found) > 10
    assert list(found)[-4:] == [
        "part-01-of-coffee.png",
        "part-02-of-camera.jpg",
        "part-03-of-coffee.png",
        "part-04-of-camera.jpg",
    ]


def of_files(few: Handoff, folder: Path, files: dict[str, bytes]) -> Handoff:
    """The hand-off on these photos."""
    for path in written(files, folder):
        assert path.exists()
    return changed(few, photos.load(str(folder)).readable)


def test_what_a_user_brought_along_himself_is_not_taken_for_unseen(few, tmp_path):
    found = unseen(few, domain(few.subject), 0, 0)
    mine = of_files(few, tmp_path, {"mine.png": found["page.png"]})
    assert unseen(mine, domain(few.subject), 0, 0).keys() == found.keys() - {"page.png"}


def test_the_parts_are_the_seeds(few):
    one, again, other = (unseen(few, domain(few.subject), 6, seed) for seed in (1, 1, 2))
    assert one == again
    assert one.keys() == other.keys()
    assert {name for name in one if one[name] != other[name]} == {name for name in one if name.startswith("part-")}


def test_a_part_is_cut_out_of_its_photo(few):
    found = unseen(few, domain(few.subject), 1, 5)["part-01-of-coffee.png"]
    part, whole = np.asarray(decode(found)), np.asarray(decode(few.photos.readable[0].data))
    height, width = part.shape[:2]
    assert min(height, width) >= LEAST
    places = np.argwhere((whole[: whole.shape[0] - height + 1, : whole.shape[1] - width + 1] == part[0, 0]).all(axis=2))
    assert any((whole[top : top + height, left : left + width] == part).all() for top, left in places)


def test_none_leads_outside_of_the_domain_and_a_photo_of_a_few_pixels_is_no_trouble(few, tmp_path):
    assert unseen(few, Domain(1024, 1024), 2, 0) == {}
    assert set(unseen(few, domain(few.subject), 0, 0)) <= set(OTHERS)
    dot = of_files(few, tmp_path, {"x" * 200 + ".png": encoded(picture(3, 2))})
    found = unseen(dot, domain(few.subject), 2, 0)
    parts = [name for name in found if name.startswith("part-")]
    assert [decode(found[name]).size for name in parts] == [(3, 2)] * len(parts)
    assert all(len(name) < 100 for name in parts)


@pytest.mark.parametrize("name", ["a b.png", "é\\x0a.png"])
def test_they_are_written_under_their_names(tmp_path, name):
    (path,) = written({name: b"data"}, tmp_path)
    assert (path.name, path.read_bytes()) == (name, b"data")
