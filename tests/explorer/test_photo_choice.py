"""Photos that a user adds to those of the run."""

from __future__ import annotations

import pytest

from lib.explorer.photo_choice import PhotoChoice
from tests.conftest import encoded, picture


@pytest.fixture
def refused():
    return []


@pytest.fixture
def chosen(lite0, refused):
    made = PhotoChoice(lite0, 1, lambda: made.seen.append(made.photo.name), refused.append)
    made.seen = []
    return made


def upload(chosen: PhotoChoice, name: str, content: bytes) -> None:
    """As the browser does it."""
    file = {"name": name, "type": "image/png", "size": len(content), "content": memoryview(content), "last_modified": 0}
    chosen.upload.set_state({"value": [file]})


def test_it_begins_with_the_photos_of_the_run(lite0, chosen):
    assert [name for name, _ in chosen.choice.options] == [photo.name for photo in lite0.photos.readable]
    assert chosen.photo == lite0.photos.readable[1]


def test_an_upload_is_looked_at_next_and_the_others_stay(lite0, chosen, refused):
    content = encoded(picture(300, 200), "JPEG")
    upload(chosen, "mine.jpg", content)
    assert (chosen.photo.name, chosen.photo.size, chosen.photo.data) == ("mine.jpg", (300, 200), content)
    assert len(chosen.choice.options) == len(lite0.photos.readable) + 1
    assert chosen.seen == ["mine.jpg"]
    assert not refused
    assert chosen.upload.value == ()


def test_the_same_photo_again_is_no_second_one(chosen):
    content = encoded(picture(300, 200))
    for _ in range(2):
        upload(chosen, "mine.png", content)
    assert [name for name, _ in chosen.choice.options].count("mine.png") == 1


def test_a_path_names_a_photo_or_a_folder_of_them(chosen, refused, tmp_path):
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(encoded(picture(300, 200, seed=ord(name[0]))))
    chosen.path.value = f" {tmp_path / 'b.png'} "
    assert chosen.photo.name == "b.png"
    chosen.path.value = str(tmp_path)
    assert chosen.photo.name == "a.png"
    assert [name for name, _ in chosen.choice.options][-2:] == ["b.png", "a.png"]
    assert not refused


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mine.png", b"not a photo", "mine.png: "),
        ("cut.png", encoded(picture(300, 200))[:2000], "cut.png: "),
        ("long.png", encoded(picture(9000, 20)), "long.png: "),
        ("two\nlines.png", b"", "two\\nlines.png: "),
    ],
)
def test_what_is_no_photo_is_refused_in_one_line(chosen, refused, name, content, said):
    before = chosen.photo
    upload(chosen, name, content)
    assert len(refused) == 1
    assert said in refused[0]
    assert refused[0].isprintable()
    assert chosen.photo == before


@pytest.mark.parametrize("path", ["/no/such/photo.png", "/dev/zero", "\0", "~nobody-has-this-name/x.png"])
def test_a_path_that_cannot_be_read_is_refused_in_one_line(chosen, refused, path):
    chosen.path.value = path
    assert len(refused) == 1
    assert refused[0].startswith("photos ")
    assert refused[0].isprintable()
