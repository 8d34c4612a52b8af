"""The photos of a run: bundled, a file, a folder, and bad ones among good ones."""

from __future__ import annotations

import os
import warnings

import pytest
from PIL import Image

from lib.deploy import BadInput, Contract, Domain
from lib.inputs import photos
from tests.conftest import encoded, picture
from tests.deploy.test_formats import heic


def test_the_bundled_photos_have_every_shape_and_kind():
    bundled = photos.load()
    assert len(bundled.readable) >= 6
    assert bundled.unreadable == ()
    shapes = {(w > h) - (w < h) for w, h in (photo.size for photo in bundled.readable)}
    assert shapes == {-1, 0, 1}
    kinds = {photo.kind for photo in bundled.readable}
    assert {"JPEG RGB", "PNG RGB", "PNG L"} <= kinds


def test_a_folder_is_read_in_order_without_what_is_no_photo(tmp_path):
    for name in ("b.png", "a.PNG", ".hidden.png"):
        (tmp_path / name).write_bytes(encoded(picture(8, 6)))
    (tmp_path / "notes.txt").write_text("not a photo")
    (tmp_path / "folder.png").mkdir()
    found = photos.load(str(tmp_path))
    assert [photo.name for photo in found.readable] == ["a.PNG", "b.png"]
    assert found.unreadable == ()
    assert found.others == ("notes.txt",)


def test_what_looks_like_a_picture_and_is_not_read_is_left_out_by_its_reason(tmp_path):
    for name, kind in {
        "a.jfif": "JPEG",
        "b.jp2": "JPEG2000",
        "c.avif": "AVIF",
        "d.tga": "TGA",
        "e": "PNG",
        "f.heic": "JPEG",
    }.items():
        (tmp_path / name).write_bytes(encoded(picture(8, 6), kind))
    for name in ("phone.heic", "0001"):
        (tmp_path / name).write_bytes(heic())
    (tmp_path / "labels.json").write_text("{}")
    found = photos.load(str(tmp_path))
    assert [photo.name for photo in found.readable] == ["a.jfif", "b.jp2", "c.avif", "d.tga", "e", "f.heic"]
    assert found.unreadable == tuple((name, "HEIC is not read; convert the photo to JPEG") for name in ("0001", "phone.heic"))
    assert found.others == ("labels.json",)
    assert photos.within(found, Contract(8, "squash", "box", (0.5,) * 3, (0.5,) * 3), Domain(8, 64)).others == found.others


def test_one_bad_photo_among_good_ones_is_listed(tmp_path):
    (tmp_path / "good.png").write_bytes(encoded(picture(8, 6)))
    (tmp_path / "bad.jpg").write_bytes(b"")
    found = photos.load(str(tmp_path))
    assert [photo.name for photo in found.readable] == ["good.png"]
    assert found.unreadable == (("bad.jpg", "the file is empty (0 bytes)"),)


def test_broken_exif_is_a_bad_photo_and_not_the_end(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    whole = bytearray(encoded(picture(40, 30), "JPEG", exif=exif))
    (tmp_path / "good.png").write_bytes(encoded(picture(8, 6)))
    for position in range(20, 60):
        damaged = whole.copy()
        damaged[position] ^= 0xFF
        (tmp_path / "exif.jpg").write_bytes(damaged)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert "good.png" in [photo.name for photo in photos.load(str(tmp_path)).readable]


def test_a_name_that_is_no_path_is_refused():
    with pytest.raises(BadInput, match="File name too long"):
        photos.load("x" * 300)


def test_a_name_that_is_no_text_is_escaped(tmp_path):
    (tmp_path / os.fsdecode(b"\xff.png")).write_bytes(encoded(picture(8, 6)))
    assert photos.load(str(tmp_path)).readable[0].name == r"\xff.png"


def test_a_single_file_needs_no_suffix(tmp_path):
    (tmp_path / "upload").write_bytes(encoded(picture(8, 6)))
    assert photos.load(str(tmp_path / "upload")).readable[0].size == (8, 6)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file or folder"),
        (b"", "the file is empty"),
        (b"hello", "not an image"),
        (encoded(picture(60, 60), "JPEG")[:600], "cannot be decoded"),
    ],
    ids=["missing", "empty", "text", "truncated"],
)
def test_a_photo_that_cannot_be_read_is_refused_in_one_line(tmp_path, content, said):
    path = tmp_path / "photo.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        photos.load(str(path))
    assert str(path) in str(refused.value)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_folder_without_photos_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no photo in this folder"):
        photos.load(str(tmp_path))


def test_a_photo_of_a_folder_is_read_when_it_is_looked_at_and_not_held(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded(picture(8, 6)))
    photo = photos.load(str(tmp_path)).readable[0]
    assert photo.source == tmp_path / "a.png"
    assert photo.data == (tmp_path / "a.png").read_bytes()


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_bytes(encoded(picture(8, 7)))])
def test_a_photo_that_was_changed_meanwhile_is_refused_in_one_line(tmp_path, change):
    (tmp_path / "a.png").write_bytes(encoded(picture(8, 6)))
    photo = photos.load(str(tmp_path)).readable[0]
    change(tmp_path / "a.png")
    with pytest.raises(BadInput, match=r"photo.*a\.png") as refused:
        photo.data  # noqa: B018  # reading it is what is tried
    assert "\n" not in str(refused.value)


def test_a_photo_made_in_memory_keeps_its_bytes():
    data = encoded(picture(8, 6))
    photo = photos.Photo.of("made.png", data)
    assert (photo.data, photo.size, photo.kind) == (data, (8, 6), "PNG RGB")
