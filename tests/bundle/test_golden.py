"""Golden photos: small, free to be passed on, each stored in another way, with PyTorch's output at every stage."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from lib.bundle import golden
from lib.deploy import STAGES
from lib.deploy.stages import decode
from lib.inputs import photos
from tests.few import asked

SIZE = 224


@pytest.fixture(scope="module")
def small() -> dict[str, bytes]:
    return golden.small(SIZE)


def test_they_are_the_same_bytes_each_time_and_small(small):
    assert golden.small(SIZE) == small
    for name, data in small.items():
        assert len(data) < 100_000
        assert max(decode(data).size) == (golden.SIDE if "tall" not in name else golden.TALL * decode(data).width)


def test_the_tall_one_is_made_smaller_whatever_the_contract_resizes_to(small):
    for size in (32, SIZE, 380):
        width, height = decode(golden.small(size)["rocket-tall.jpg"]).size
        assert size < width < size + 16
        assert height == golden.TALL * width


def test_each_comes_with_a_licence_that_lets_it_be_passed_on(small):
    assert golden.LICENCES.keys() == small.keys()
    assert set(golden.LICENCES.values()) <= {"CC0-1.0", "public domain (NASA)", "public domain (SpaceX)"}


def test_each_is_stored_in_another_way(small):
    kinds = {name: Image.open(io.BytesIO(data)) for name, data in small.items()}
    assert {name: (image.format, image.mode) for name, image in kinds.items()} == {
        "coffee.jpg": ("JPEG", "RGB"),
        "astronaut-turned.jpg": ("JPEG", "RGB"),
        "chelsea-alpha.png": ("PNG", "RGBA"),
        "camera-grey.png": ("PNG", "L"),
        "rocket-tall.jpg": ("JPEG", "RGB"),
    }
    assert {name: image.getexif().get(0x0112, 1) for name, image in kinds.items()} == dict.fromkeys(small, 1) | {
        "astronaut-turned.jpg": 6
    }


def test_the_turned_one_is_upright_once_it_is_decoded(small):
    picture = decode(small["astronaut-turned.jpg"])
    assert picture.height > picture.width
    upright = decode(next(photo for photo in photos.load().readable if photo.name == "astronaut.png").data)
    upright = upright.crop((upright.width // 8, 0, upright.width * 7 // 8, upright.height)).resize(picture.size)
    assert np.abs(np.asarray(picture, float) - np.asarray(upright, float)).mean() < 10
    stored = Image.open(io.BytesIO(small["astronaut-turned.jpg"])).resize(picture.size)
    assert np.abs(np.asarray(stored, float) - np.asarray(upright, float)).mean() > 30


def test_the_transparent_one_is_transparent_somewhere(small):
    alpha = np.asarray(Image.open(io.BytesIO(small["chelsea-alpha.png"])))[..., 3]
    assert alpha.min() < 30
    assert alpha.max() > 220


def test_the_traces_are_pytorchs_at_every_stage(lite0, small):
    handoff, given = asked(lite0)
    data, likeliest = golden.traces(small, handoff.reference)
    assert given.inputs["decode"] == list(small.values())
    found = np.load(io.BytesIO(data))
    assert set(found) == {f"{name}/{stage}" for name in small for stage in STAGES}
    for name, photo in small.items():
        trace = lite0.reference.trace(photo)
        for stage in STAGES:
            np.testing.assert_array_equal(found[f"{name}/{stage}"], getattr(trace, stage))
        assert likeliest[name] == found[f"{name}/score"].argmax()
    assert golden.traces(small, lite0.reference)[0] == data
