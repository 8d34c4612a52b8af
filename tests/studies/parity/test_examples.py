"""Mistakes without a notebook of their own, and the photos on which they show."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lib.compare.shared import SharedTraces
from lib.deploy import Contract
from lib.deploy.stages import decode
from lib.inputs.photos import Photo
from lib.mistakes import CATALOGUE, COLOUR, FILTERS, SHAPES
from lib.studies.parity import examples as module
from lib.studies.parity.diagnosis_pictures import consequences, examples_gallery
from lib.studies.parity.examples import ENOUGH, MADE, examples, large_jpeg, made_from, palette, see_through, smaller, turned
from tests.conftest import encoded, picture

CONTRACT = Contract(64, "shorter-side", "bilinear", (0.5,) * 3, (0.5,) * 3)


@pytest.fixture(scope="module")
def small() -> Photo:
    return Photo.of("small.png", encoded(picture(60, 40)))


def test_every_mistake_without_a_notebook_of_its_own_is_shown(parity):
    by_name = {each.mistake.name: each for each in parity.study.examples}
    elsewhere = {mistake.name for mistake in (*SHAPES, *FILTERS, *COLOUR)}
    stated = {"Lite's mean and std", "mean and std in BGR order"}  # by the subject, whose three are equal: no mistakes
    assert set(by_name) == CATALOGUE.keys() - elsewhere - stated
    assert {name for name, each in by_name.items() if each.comparison.apart() is None} == {"OpenCV decode"}
    assert by_name["EXIF ignored"].comparison["decode"].largest == float("inf")
    assert by_name["no division by 255"].comparison.flipped
    assert all(each.comparison.name == name for name, each in by_name.items())


def test_each_example_keeps_the_networks_input_as_a_picture(parity):
    assert parity.study.examples
    for each in parity.study.examples:
        height, width = each.comparison["normalise"].candidate.shape[2:]
        assert each.picture.shape == (height, width, 3)
        assert each.picture.dtype == np.uint8


def test_mistakes_that_the_photos_own_file_would_hide_are_shown_on_one_made_from_it(parity):
    first = parity.handoff.photos.readable[0].name
    elsewhere = {each.mistake.name for each in parity.study.examples if each.comparison.photo != first}
    assert elsewhere == {name for names in MADE.values() for name in names}
    assert all(each.comparison.apart() for each in parity.study.examples if each.mistake.name in elsewhere)


def test_a_turned_photo_is_the_same_picture_stored_on_its_side(small):
    made = turned(small, CONTRACT)
    with Image.open(io.BytesIO(made.data)) as stored:
        assert stored.size == small.size[::-1]
    np.testing.assert_array_equal(np.asarray(decode(made.data)), np.asarray(decode(small.data)))


def test_a_palette_photo_is_stored_as_one(small):
    made = palette(small, CONTRACT)
    assert made.kind == "PNG P"
    assert made.size == small.size


def test_a_large_jpeg_is_large_enough_to_be_decoded_at_a_fraction_of_its_size(small):
    made = large_jpeg(small, CONTRACT)
    assert made.kind == "JPEG RGB"
    assert min(made.size) == round(4.4 * 64)
    cropped = Contract(80, "shorter-side-crop", "bilinear", (0.5,) * 3, (0.5,) * 3, 64)
    assert large_jpeg(small, cropped).size == made.size


def test_a_photo_with_alpha_is_the_same_picture_and_fades_out(small):
    made = see_through(small, CONTRACT)
    assert made.kind == "PNG RGBA"
    np.testing.assert_array_equal(np.asarray(decode(made.data)), np.asarray(decode(small.data)))
    with Image.open(io.BytesIO(made.data)) as stored:
        alpha = np.asarray(stored.getchannel("A"))
    assert alpha[20, 30] == 255
    assert alpha[0, 0] < 20


def test_one_photo_is_made_for_each(small):
    made = made_from(small, CONTRACT)
    assert [photo.name for photo in made] == [
        f"small.png, {how}" for how in ("turned by EXIF", "64 colours", "with alpha", "in Display P3", "large JPEG")
    ]
    assert len(made) == len(MADE)


@pytest.mark.parametrize("size", [(1200, 100), (100, 1200), (3, 900)])
def test_of_a_long_photo_the_large_jpeg_is_the_middle_and_no_longer_than_it(size):
    long = Photo.of("long.png", encoded(picture(*size)))
    width, height = large_jpeg(long, CONTRACT).size
    assert min(width, height) == round(4.4 * 64)
    assert max(width, height) <= 4 * min(width, height)
    assert (width > height) == (size[0] > size[1])


def test_where_a_photo_cannot_be_made_the_photo_itself_takes_its_place(small):
    huge = Contract(4000, "squash", "bilinear", (0.5,) * 3, (0.5,) * 3)  # 17600 pixels a side are more than are decoded
    assert made_from(small, huge)[-1] is small


def test_a_mistake_that_cannot_take_the_photo_is_a_line_with_the_reason(parity, monkeypatch):
    def raises(data):
        raise OSError("encoder error -2")

    broken = replace(CATALOGUE["re-encoded JPEG"], make=lambda contract: raises)
    monkeypatch.setattr(module, "SHOWN", (broken, CATALOGUE["mirrored"]))
    photo = parity.handoff.photos.readable[0]
    made = [photo] * len(MADE)
    refused, mirrored = examples(parity.handoff, photo, SharedTraces(photo.data), made)
    assert (refused.comparison.refused, refused.picture) == ("encoder error -2", None)
    assert mirrored.picture is not None
    classes = parity.handoff.subject.classes
    assert "re-encoded JPEG is refused: encoder error -2" in examples_gallery([refused, mirrored], classes)
    assert "refused: encoder error -2" in consequences([refused, mirrored], classes)


@pytest.mark.parametrize(("size", "kind"), [((2601, 1733), "JPEG"), ((9001, 451), "PNG")])
def test_of_a_photo_of_many_pixels_diagnosis_takes_a_smaller_one_of_its_kind(size, kind):
    stored = Image.new("RGB", size, "teal")
    photo = Photo.of(f"large.{kind}", encoded(stored, kind))
    made = smaller(photo)
    width, height = made.size
    assert width * height <= ENOUGH
    assert width * height == pytest.approx(ENOUGH, rel=0.01)
    assert width / height <= size[0] / size[1]
    assert made.kind == f"{kind} RGB"
    assert smaller(made) is made
