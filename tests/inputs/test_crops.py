"""Crops of photos: of the photo's own pixels, of useful sizes, and the same ones each time."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.deploy import BadInput
from lib.deploy.stages import decode
from lib.inputs import crops, photo_tree, photos
from lib.inputs.crops import LEAST_AREA, SHAPES, cut_out, made, size
from lib.inputs.photos import Photo
from tests.conftest import encoded, picture


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_CACHE", str(tmp_path / "cache"))


def photo(name: str = "a.png", width: int = 40, height: int = 30, seed: int = 0) -> Photo:
    return Photo.of(name, encoded(picture(width, height, seed=seed)))


def files(folder: Path) -> dict[str, bytes]:
    """What a folder holds, by path."""
    return {found.path: (folder / found.path).read_bytes() for found in photo_tree.listed(folder)}


def test_each_photo_has_a_folder_of_its_crops():
    folder = made([photo("coffee.png"), photo("my cat.tar.jpg")], 3, 0)
    names = ["01-coffee/1.png", "01-coffee/2.png", "01-coffee/3.png", "02-my-cat-tar/1.png"]
    assert list(files(folder))[:4] == names
    assert len(files(folder)) == 6


def test_they_sort_as_they_were_cut():
    folder = made([photo("a.png", 2, 2)] * 101, 10, 0)
    found = list(files(folder))
    assert found[:2] == ["001-a/01.png", "001-a/02.png"]
    assert (found[9], found[-1]) == ("001-a/10.png", "101-a/10.png")


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("../../etc/passwd.png", "01-passwd"),
        ('<b>"it\'s".png', "01-b-it-s"),
        (r"\xff\x0a.png", "01-xff-x0a"),
        ("é 写真.jpg", "01-é-写真"),
        ("....", "01"),
        ("写" * 300, "01-" + "写" * 50),
    ],
)
def test_any_name_of_a_photo_gives_a_folder_that_any_disk_takes(name, folder):
    assert list(files(made([photo(name)], 1, 0))) == [f"{folder}/1.png"]


def test_a_crop_is_a_part_of_its_photo_upright_and_not_scaled():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    turned = Photo.of("turned.jpg", encoded(picture(40, 30), "JPEG", exif=exif, icc_profile=b"profile" * 9))
    whole = np.asarray(decode(turned.data))
    assert whole.shape == (40, 30, 3)
    for data in files(made([turned], 12, 0)).values():
        part = np.asarray(decode(data))
        windows = np.lib.stride_tricks.sliding_window_view(whole, part.shape)[:, :, 0]
        assert (windows == part).all(axis=(2, 3, 4)).any()
        assert b"iCCP" not in data
        assert b"eXIf" not in data


@pytest.mark.parametrize("whole", [(600, 400), (400, 600), (512, 512), (1000, 333), (1333, 800)])
def test_a_crop_is_a_quarter_of_its_photo_or_more_and_neither_long_nor_narrow(whole):
    random = np.random.default_rng(0)
    sizes = np.array([size(whole, random) for _ in range(2000)])
    assert (sizes <= whole).all()
    shape, area = sizes[:, 0] / sizes[:, 1], sizes.prod(axis=1) / np.prod(whole)
    assert SHAPES[0] - 0.01 < shape.min() < SHAPES[0] + 0.02
    assert SHAPES[1] - 0.02 < shape.max() < SHAPES[1] + 0.01
    assert LEAST_AREA - 0.005 < area.min() < LEAST_AREA + 0.01
    assert 0.4 < np.mean(shape > 1) < 0.6


def test_every_place_where_a_crop_fits_is_cut():
    row = Image.fromarray(np.array([[[0] * 3, [1] * 3, [2] * 3]], dtype=np.uint8))
    random = np.random.default_rng(0)
    assert {np.asarray(cut_out(row, (2, 1), random))[0, 0, 0] for _ in range(200)} == {0, 1}


@pytest.mark.parametrize(
    ("whole", "expected"),
    [((1, 1), {(1, 1)}), ((1, 500), {(1, 1)}), ((500, 1), {(1, 1)}), ((2, 1), {(1, 1)})],
)
def test_a_photo_of_a_few_pixels_is_no_trouble(whole, expected):
    random = np.random.default_rng(0)
    assert {size(whole, random) for _ in range(200)} == expected
    assert {decode(data).size for data in files(made([photo("dot.png", *whole)], 4, 0)).values()} == expected


def test_of_a_very_long_photo_the_largest_crops_are_cut_that_are_not_long():
    random = np.random.default_rng(0)
    for whole in ((3000, 100), (100, 3000)):
        sizes = np.array([size(whole, random) for _ in range(500)])
        shapes = sizes[:, 0] / sizes[:, 1]
        assert (sizes <= whole).all()
        assert sizes.max(axis=1).min() >= 100
        assert (SHAPES[0] - 0.01 <= shapes).all()
        assert (shapes <= SHAPES[1] + 0.01).all()


def test_the_crops_are_the_seeds_and_are_made_once(tmp_path, monkeypatch):
    given = [photo("a.png"), photo("b.png", seed=1)]
    first = made(given, 5, 0)
    before = files(first)
    monkeypatch.setenv("HANDOFF_CACHE", str(tmp_path / "another"))
    again = made(given, 5, 0)
    assert again != first
    assert files(again) == before
    written = [path.stat().st_mtime_ns for path in sorted(again.rglob("*.png"))]
    assert made(given, 5, 0) == again
    assert [path.stat().st_mtime_ns for path in sorted(again.rglob("*.png"))] == written
    next(again.rglob("*.png")).write_bytes(b"damaged")
    assert made(given, 5, 0) == again
    assert files(again) == before
    assert files(made(given, 5, 1)).values() != before.values()
    assert not set(files(made(given, 5, 1)).values()) & set(before.values())
    assert len(set(before.values())) == 10


def test_other_photos_counts_and_drawings_have_other_folders(monkeypatch):
    one = photo("a.png")
    folders = {made([one], 1, 0), made([one], 2, 0), made([photo("b.png")], 1, 0), made([photo("a.png", seed=1)], 1, 0)}
    monkeypatch.setattr(crops, "VERSION", crops.VERSION + 1)
    assert len(folders | {made([one], 1, 0)}) == 5


def test_a_photo_has_the_same_crops_whatever_stands_after_it():
    alone, two = files(made([photo()], 4, 0)), files(made([photo(), photo("b.png")], 4, 0))
    assert alone.items() <= two.items()
    fewer = files(made([photo()], 2, 0))
    assert fewer.items() <= alone.items()


def test_a_run_that_was_killed_meanwhile_leaves_nothing_in_the_way(tmp_path):
    whole = made([photo()], 3, 0)
    expected = files(whole)
    whole.rename(whole.with_name(f"{whole.name}.partial"))
    (whole.with_name(f"{whole.name}.partial") / "01-a" / "3.png").write_bytes(b"half")
    assert files(made([photo()], 3, 0)) == expected


def test_a_photo_that_was_changed_meanwhile_is_refused_and_nothing_is_kept(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded(picture(8, 6)))
    given = photos.load(str(tmp_path / "a.png")).readable
    (tmp_path / "a.png").write_bytes(encoded(picture(8, 7)))
    with pytest.raises(BadInput, match="was changed since the run began"):
        made([photo("good.png"), *given], 2, 0)
    assert not [path for path in (tmp_path / "cache" / "crops").iterdir() if path.suffix != ".lock"]


def test_the_bundled_photos_can_be_cut():
    bundled = photos.load().readable
    found = files(made(bundled, 2, 0))
    assert len(found) == 2 * len(bundled)
    assert all(re.fullmatch(r"0\d-\w+/[12]\.png", path) for path in found)
    assert all(min(decode(data).size) >= 100 for data in found.values())


def test_a_worker_without_torch_can_import_it():
    program = "import sys, lib.inputs.crops; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
