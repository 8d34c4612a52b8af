"""Stages that are wrong on what no photo need lead to."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lib.deploy import BadInput
from lib.studies.robustness import made
from tests.few import changed, of_photos


@pytest.fixture
def coffee(lite0):
    return of_photos(lite0, "coffee.png")


def test_the_deployment_is_right_on_patterns_and_made_logits(coffee):
    found = made.on_patterns(coffee, 1e-3)
    assert (found.compared, found.off) == (12, ())
    scores = made.on_logits(coffee, 1e-6)
    assert (scores.compared, scores.off) == (4, ())


def test_a_pattern_that_is_answered_otherwise_or_refused_is_named(coffee):
    def infer(tensor):
        if tensor.min() == tensor.max() > 0.9:
            raise BadInput("too bright")
        return coffee.reference.infer(tensor) * np.float32(1.1 if tensor.mean() < -0.75 else 1)

    other = changed(coffee, coffee.photos.readable, deployment=replace(coffee.reference, infer=infer))
    found = made.on_patterns(other, 1e-3)
    assert (found.worst, found.off) == (math.inf, ("flat black", "flat white", "one white pixel", "dark"))


def test_a_sure_answer_that_is_held_back_is_named(coffee):
    right = coffee.reference
    other = changed(
        coffee, coffee.photos.readable, deployment=replace(right, score=lambda each: np.minimum(right.score(each), 0.99))
    )
    assert made.on_logits(other, 1e-6).off == ("a sure answer", "below zero")


def test_a_size_that_is_wrong_or_refused_is_named(coffee):
    def infer(tensor):
        if tensor.shape[2] > 240:
            raise BadInput("too high")
        return coffee.deployment.infer(tensor) * np.float32(1.1 if tensor.shape[3] > 240 else 1)

    other = changed(coffee, coffee.photos.readable, deployment=replace(coffee.deployment, infer=infer))
    found = made.at_sizes(other, [(224, 224), (250, 224), (224, 250)], 1e-3)
    assert found == made.Made(math.inf, 3, ("250 × 224", "224 × 250"))


def test_a_resize_that_is_wrong_at_some_sizes_is_named_and_one_that_refuses_them_is_not(coffee):
    right = coffee.reference.resize

    def resize(picture):
        if picture.height > 900:
            raise BadInput("too high")
        return right(picture).transpose(Image.Transpose.FLIP_LEFT_RIGHT) if 1200 < picture.width < 1700 else right(picture)

    other = changed(coffee, coffee.photos.readable, deployment=replace(coffee.deployment, resize=resize))
    found = made.at_photo_sizes(other, [(600, 400), (1300, 500), (500, 1000)], 0)
    assert (found.compared, found.off) == (2, ("1300 × 500",))
    assert found.worst > 0
    assert made.at_photo_sizes(other, [(500, 1000)], 0) == made.Made(0, 0, ())
