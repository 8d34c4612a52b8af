"""The article's figures, beside ours only where the conditions are the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.inputs.photos import Photo
from lib.inputs.subject import load
from lib.studies.parity import article

DOG = Photo("dog.jpg", (600, 400), "JPEG RGB", "", b"")


def test_the_articles_figures_stand_beside_its_own_photo_and_model():
    assert article.figures(load("b0-imagenet"), DOG)["right shape"] == 0.5564291477203369


@pytest.mark.parametrize(
    ("subject", "photo"),
    [
        ("lite0-imagenet", DOG),
        ("b0-imagenet", replace(DOG, size=(500, 400))),
        ("b0-imagenet", replace(DOG, name="cat.jpg")),
    ],
)
def test_they_stand_beside_nothing_else(subject, photo):
    assert article.figures(load(subject), photo) == {}
